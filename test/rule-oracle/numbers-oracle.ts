/** Numbers in a buffer, as the byte_ keywords read and compute them: unsigned 64 bits, exact. */
import type { Amount, ByteMath, Reading } from './conditions.js';

export type Variables = ReadonlyMap<string, bigint>;

export const low64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** A distance: a computed value is taken as signed. */
export function distanceOf(amount: Amount, variables: Variables): number {
  return Number(BigInt.asIntN(64, unsignedOf(amount, variables)));
}

export function unsignedOf(amount: Amount, variables: Variables): bigint {
  return typeof amount === 'number' ? low64(BigInt(amount)) : variables.get(amount)!;
}

export interface NumberRead {
  readonly value: bigint;
  /** Behind the bytes that were read. */
  readonly end: number;
}

/** @returns undefined if there is no such number in the buffer */
export function readNumber(
  each: Reading,
  buffer: string,
  cursor: number,
  variables: Variables,
): NumberRead | undefined {
  const count = distanceOf(each.bytes, variables);
  const start = (each.relative ? cursor : 0) + distanceOf(each.offset, variables);
  if (start < 0 || start > buffer.length) return undefined;
  if (each.text) return masked(each, readText(each.text, buffer, start, count));
  if (count === 0) return { value: 0n, end: start };
  if (count < 0 || count > 8 || start + count > buffer.length) return undefined;
  const bytes = [...buffer.slice(start, start + count)];
  if (each.little) bytes.reverse();
  const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte.charCodeAt(0)), 0n);
  return masked(each, { value, end: start + count });
}

function masked({ bitmask }: Reading, read: NumberRead | undefined): NumberRead | undefined {
  return read && bitmask !== undefined ? { ...read, value: maskedValue(read.value, bitmask) } : read;
}

/** The masked bits, shifted down by the number of trailing zeros of the mask. */
export function maskedValue(value: bigint, bitmask: number): bigint {
  let [left, mask] = [value & BigInt(bitmask), BigInt(bitmask)];
  while (mask % 2n === 0n) [left, mask] = [left / 2n, mask / 2n];
  return left;
}

const DIGITS = { dec: '[0-9]+', hex: '(?:0[xX](?=[0-9a-fA-F]))?[0-9a-fA-F]+', oct: '[0-7]+' };
const PREFIX = { dec: '', hex: '0x', oct: '0o' };
/** Longer texts are not read as numbers. */
const LONGEST = 23;

function readText(base: 'dec' | 'hex' | 'oct', buffer: string, start: number, count: number) {
  if (count < 0 || count > LONGEST || start + count > buffer.length) return undefined;
  const text = buffer.slice(start, start + (count === 0 ? LONGEST : count));
  const found = new RegExp(`^([ \\t-\\r]*)([+-]?)(${DIGITS[base]})`).exec(text);
  if (!found) return undefined;
  const digits = found[3]!.replace(/^0x/i, '');
  const value = BigInt(PREFIX[base] + digits);
  if (value >= 1n << 64n) return undefined;
  return { value: low64(found[2] === '-' ? -value : value), end: start + found[0].length };
}

/** @returns undefined if there is no result */
export function calculated(operator: ByteMath['operator'], left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return low64(left + right);
    case '-':
      return low64(left - right);
    case '*':
      return low64(left * right);
    case '/':
      return right === 0n ? undefined : left / right;
    case '<<':
      return right < 64n ? low64(left << right) : 0n;
    case '>>':
      return right < 64n ? left >> right : 0n;
  }
}

export function upToMultiple(value: bigint, of: number): bigint {
  let up = value;
  while (up % BigInt(of) !== 0n) up++;
  return low64(up);
}
