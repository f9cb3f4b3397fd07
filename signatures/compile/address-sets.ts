/**
 * All address and port sets of a rule set, each stored once, as sorted ranges in shared typed arrays. Set number -1
 * means "any".
 */
import type { AddressSet, PortSet } from '../signature.js';

export const ANY = -1;

/** Ranges of set `n` are `ranges4[2*starts4[n] … 2*starts4[n+1])` (first, last), IPv6 likewise with 8 numbers. */
export interface AddressTable {
  readonly starts4: Uint32Array;
  readonly ranges4: Uint32Array;
  readonly starts6: Uint32Array;
  readonly ranges6: Uint32Array;
}

export interface PortTable {
  readonly starts: Uint32Array;
  readonly ranges: Uint16Array;
}

/** Assigns a number to each distinct value. Rules share most set objects: their text keys are computed once. */
class Numbering<T extends object> {
  readonly values: T[] = [];
  private readonly byObject = new Map<T, number>();
  private readonly byText = new Map<string, number>();

  numberOf(value: T): number {
    const known = this.byObject.get(value);
    if (known !== undefined) return known;
    const text = JSON.stringify(value);
    let number = this.byText.get(text);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.byText.set(text, number);
    }
    this.byObject.set(value, number);
    return number;
  }
}

export class AddressSets {
  private readonly sets = new Numbering<AddressSet>();

  numberOf(set: AddressSet): number {
    return set.any ? ANY : this.sets.numberOf(set);
  }

  table(): AddressTable {
    const sets = this.sets.values;
    const ranges4 = sets.map(set => set.v4.flat());
    const ranges6 = sets.map(set => set.v6.flat().flatMap(words));
    return {
      starts4: starts(ranges4, 2),
      ranges4: shared32(ranges4.flat()),
      starts6: starts(ranges6, 8),
      ranges6: shared32(ranges6.flat()),
    };
  }
}

export class PortSets {
  private readonly sets = new Numbering<PortSet>();

  numberOf(set: PortSet): number {
    return isAnyPort(set) ? ANY : this.sets.numberOf(set);
  }

  table(): PortTable {
    const ranges = this.sets.values.map(set => set.flat());
    const flat = ranges.flat();
    const table = new Uint16Array(new SharedArrayBuffer(flat.length * 2));
    table.set(flat);
    return { starts: starts(ranges, 2), ranges: table };
  }
}

export function isAnyPort(set: PortSet): boolean {
  return set.length === 1 && set[0]![0] === 0 && set[0]![1] === 65535;
}

/** 32 hexadecimal digits as four integers. */
function words(digits: string): number[] {
  return [0, 8, 16, 24].map(at => Number.parseInt(digits.slice(at, at + 8), 16));
}

function starts(lists: readonly (readonly number[])[], unit: number): Uint32Array {
  const result: number[] = [0];
  for (const list of lists) result.push(result.at(-1)! + list.length / unit);
  return shared32(result);
}

export function shared32(values: ArrayLike<number>): Uint32Array {
  const array = new Uint32Array(new SharedArrayBuffer(values.length * 4));
  array.set(values);
  return array;
}

/** Whether set `number` contains an IPv4 address (unsigned integer). */
export function hasAddress4(table: AddressTable, number: number, address: number): boolean {
  const { ranges4 } = table;
  let low = table.starts4[number]!;
  let high = table.starts4[number + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (address < ranges4[2 * middle]!) high = middle;
    else if (address > ranges4[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}

/** Whether set `number` contains the IPv6 address with 16 bytes at `bytes[at]`. */
export function hasAddress6(table: AddressTable, number: number, view: DataView, at: number): boolean {
  let low = table.starts6[number]!;
  let high = table.starts6[number + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare6(view, at, table.ranges6, middle * 8) < 0) high = middle;
    else if (compare6(view, at, table.ranges6, middle * 8 + 4) > 0) low = middle + 1;
    else return true;
  }
  return false;
}

function compare6(view: DataView, at: number, ranges: Uint32Array, r: number): number {
  for (let i = 0; i < 4; i++) {
    const word = view.getUint32(at + i * 4);
    if (word !== ranges[r + i]!) return word < ranges[r + i]! ? -1 : 1;
  }
  return 0;
}

/** Whether port set `number` contains `port`. */
export function hasPort(table: PortTable, number: number, port: number): boolean {
  const { ranges } = table;
  const last = table.starts[number + 1]!;
  for (let i = table.starts[number]!; i < last; i++) {
    if (port < ranges[2 * i]!) return false;
    if (port <= ranges[2 * i + 1]!) return true;
  }
  return false;
}
