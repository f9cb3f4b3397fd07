/** Reads numbers from a buffer for the byte_ keywords. */

import type { Inspection } from '../inspection.js';
import type { CompileEnvironment } from '../match-compiler.js';
import { type ByteFormat, isVariable, MAX_TEXT_LENGTH, type NumberOrVariable } from './byte-arguments.js';
import { fromHalves, masked, signed, type Whole, whole, wholeLiteral } from './whole-number.js';

/** The value of a number or variable, as a distance: negative results move backwards. */
export function numberSource(
  value: NumberOrVariable,
  environment: CompileEnvironment,
): (at: Inspection) => number {
  if (typeof value === 'number') return () => value;
  const index = environment.variable(value);
  return at => signed(at.variables[index]!);
}

/** The value of a number or variable, as a size, which is never negative. */
export function sizeSource(
  value: NumberOrVariable,
  environment: CompileEnvironment,
): (at: Inspection) => number {
  if (typeof value === 'number') return () => value;
  const index = environment.variable(value);
  return at => Number(at.variables[index]!);
}

/** The value of a number or variable, for comparison and arithmetic. */
export function wholeSource(
  value: NumberOrVariable,
  environment: CompileEnvironment,
): (at: Inspection) => Whole {
  if (!isVariable(value)) {
    const literal = wholeLiteral(value);
    return () => literal;
  }
  const index = environment.variable(value);
  return at => at.variables[index]!;
}

/** Format and location of the number a keyword reads. */
export interface NumberToRead {
  readonly bytes: NumberOrVariable;
  readonly offset: NumberOrVariable;
}

export function byteReader(
  { bytes, offset }: NumberToRead,
  format: ByteFormat,
  environment: CompileEnvironment,
): ByteReader {
  return new ByteReader(numberSource(bytes, environment), numberSource(offset, environment), format);
}

/** Result of reading: the value, and where the bytes read begin and end. */
export class ByteReader {
  value: Whole = 0;
  start = 0;
  end = 0;

  constructor(
    private readonly count: (at: Inspection) => number,
    private readonly offset: (at: Inspection) => number,
    private readonly format: ByteFormat,
  ) {}

  /** @returns false if the bytes are outside of the buffer, or are not digits */
  read(at: Inspection): boolean {
    const count = this.count(at);
    this.start = (this.format.relative ? at.cursor : at.start) + this.offset(at);
    if (this.start < at.start || this.start > at.end) return false;
    if (count === 0 && this.format.base === undefined) {
      this.value = 0;
      this.end = this.start;
      return true;
    }
    const read = this.format.base === undefined ? this.readBinary(at, count) : this.readText(at, count);
    if (!read) return false;
    if (this.format.bitmask !== undefined) this.value = masked(this.value, this.format.bitmask);
    return true;
  }

  private readBinary(at: Inspection, count: number): boolean {
    if (!(count >= 1 && count <= 8) || this.start + count > at.end) return false;
    const little = this.format.dce ? at.littleEndian : this.format.littleEndian;
    // Two halves: a number is exact only up to 2^53.
    let high = 0;
    let low = 0;
    for (let i = 0; i < count; i++) {
      const byte = at.bytes[this.start + (little ? count - 1 - i : i)]!;
      if (count - i > 4) high = high * 256 + byte;
      else low = low * 256 + byte;
    }
    this.value = high === 0 ? low : fromHalves(high, low);
    this.end = this.start + count;
    return true;
  }

  private readText(at: Inspection, count: number): boolean {
    if (count > MAX_TEXT_LENGTH || this.start + count > at.end) return false;
    const limit = count === 0 ? Math.min(at.end, this.start + MAX_TEXT_LENGTH) : this.start + count;
    const { bytes } = at;
    let i = this.start;
    while (i < limit && isSpace(bytes[i]!)) i++;
    let negative = false;
    if (i < limit && (bytes[i] === 0x2d || bytes[i] === 0x2b)) negative = bytes[i++] === 0x2d;
    let base: number = this.format.base!;
    if (
      (base === 16 || base === 0) &&
      bytes[i] === 0x30 &&
      i + 2 < limit &&
      (bytes[i + 1]! | 0x20) === 0x78 &&
      digit(bytes[i + 2]!) < 16
    ) {
      base = 16;
      i += 2;
    } else if (base === 0) base = bytes[i] === 0x30 ? 8 : 10;
    const first = i;
    let high = 0;
    let low = 0;
    for (; i < limit && digit(bytes[i]!) < base; i++) {
      low = low * base + digit(bytes[i]!);
      const carry = Math.floor(low / 2 ** 32);
      low -= carry * 2 ** 32;
      high = high * base + carry;
    }
    if (i === first || high >= 2 ** 32) return false;
    const value = fromHalves(high, low);
    this.value = negative ? whole(-BigInt(value)) : value;
    this.end = i;
    return true;
  }
}

function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d);
}

/** Value of a digit in bases up to 16; 99 if it is not a digit. */
function digit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 99;
}
