/** Bencoding (BEP 3): byte strings, integers, lists and dictionaries. */
import { latin1 } from '../../../engine/latin1.js';
export type Bencoded = number | Uint8Array | readonly Bencoded[] | Dictionary;
export type Dictionary = ReadonlyMap<string, Bencoded>;

const MAX_DEPTH = 8;
const [INTEGER, LIST, DICTIONARY, END, COLON, ZERO, MINUS] = [0x69, 0x6c, 0x64, 0x65, 0x3a, 0x30, 0x2d];

/** @returns the value of `bytes[start, end)`; undefined if it is not a dictionary. Byte strings are views */
export function readDictionary(bytes: Uint8Array, start: number, end: number): Dictionary | undefined {
  const value = new Reader(bytes, start, end).value(MAX_DEPTH);
  return value instanceof Map ? value : undefined;
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  value(depth: number): Bencoded | undefined {
    const first = this.at < this.end ? this.bytes[this.at] : undefined;
    if (first === undefined || depth === 0) return undefined;
    if (first === INTEGER) return this.integer();
    if (first === LIST) return this.list(depth);
    return first === DICTIONARY ? this.dictionary(depth) : this.text();
  }

  private number(behind: number): number | undefined {
    let value = 0;
    const from = this.at;
    for (; this.at < this.end; this.at++) {
      const digit = this.bytes[this.at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > Number.MAX_SAFE_INTEGER) return undefined;
    }
    if (this.at === from || this.at >= this.end || this.bytes[this.at] !== behind) return undefined;
    this.at++;
    return value;
  }

  private integer(): number | undefined {
    this.at++;
    const isNegative = this.bytes[this.at] === MINUS;
    if (isNegative) this.at++;
    const value = this.number(END);
    return value !== undefined && isNegative ? -value : value;
  }

  private text(): Uint8Array | undefined {
    const length = this.number(COLON);
    if (length === undefined || length > this.end - this.at) return undefined;
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private list(depth: number): readonly Bencoded[] | undefined {
    const list: Bencoded[] = [];
    this.at++;
    while (this.bytes[this.at] !== END || this.at >= this.end) {
      const value = this.value(depth - 1);
      if (value === undefined) return undefined;
      list.push(value);
    }
    this.at++;
    return list;
  }

  private dictionary(depth: number): Dictionary | undefined {
    const entries = new Map<string, Bencoded>();
    this.at++;
    while (this.bytes[this.at] !== END || this.at >= this.end) {
      const key = this.text();
      const value = key && this.value(depth - 1);
      if (!key || value === undefined) return undefined;
      entries.set(latin1(key), value);
    }
    this.at++;
    return entries;
  }
}
