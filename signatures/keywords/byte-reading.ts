/** Reads numbers out of a buffer for the byte_ keywords. */

import type { Inspection } from '../inspection.js';
import type { CompileEnvironment } from '../keyword.js';
import { type ByteFormat, LONGEST_TEXT, type NumberOrVariable } from './byte-arguments.js';

/** The value of a number or of a variable. */
export function numberSource(
  value: NumberOrVariable,
  environment: CompileEnvironment,
): (at: Inspection) => number {
  if (typeof value === 'number') return () => value;
  const index = environment.variable(value);
  return at => at.variables[index]!;
}

/** What reading gave: the value, and where the bytes read began and ended. */
export class ByteReader {
  value = 0;
  start = 0;
  end = 0;
  private readonly trailingZeros: number;

  constructor(
    private readonly count: (at: Inspection) => number,
    private readonly offset: (at: Inspection) => number,
    private readonly format: ByteFormat,
  ) {
    this.trailingZeros = format.bitmask ? Math.log2(format.bitmask & -format.bitmask) || 0 : 0;
  }

  /** @returns false when the bytes lie outside of the buffer, or are no digits */
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
    if (this.format.bitmask !== undefined) this.mask(this.format.bitmask);
    return true;
  }

  private readBinary(at: Inspection, count: number): boolean {
    if (!(count >= 1 && count <= 8) || this.start + count > at.end) return false;
    const { bytes } = at;
    let value = 0;
    if (this.format.dce ? at.littleEndian : this.format.littleEndian)
      for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[this.start + i]!;
    else for (let i = 0; i < count; i++) value = value * 256 + bytes[this.start + i]!;
    this.value = value;
    this.end = this.start + count;
    return true;
  }

  private readText(at: Inspection, count: number): boolean {
    if (count > LONGEST_TEXT || this.start + count > at.end) return false;
    const limit = count === 0 ? Math.min(at.end, this.start + LONGEST_TEXT) : this.start + count;
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
    let value = 0;
    for (; i < limit && digit(bytes[i]!) < base; i++) value = value * base + digit(bytes[i]!);
    if (i === first || value >= 2 ** 64) return false;
    this.value = negative && value > 0 ? 2 ** 64 - value : value;
    this.end = i;
    return true;
  }

  private mask(bitmask: number): void {
    this.value = Number((BigInt(Math.trunc(this.value)) & BigInt(bitmask)) >> BigInt(this.trailingZeros));
  }
}

function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d);
}

/** Value of a digit in bases up to 16; 99 when it is none. */
function digit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 99;
}
