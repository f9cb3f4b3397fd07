/** Arguments shared by byte_test, byte_jump, byte_extract and byte_math. */
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

/** A number (as digits if beyond 2^53), or the name of a previously defined variable. */
export type NumberOrVariable = number | string;

export function isVariable(value: NumberOrVariable): value is string {
  return typeof value === 'string' && /^[a-z_]/i.test(value);
}

/** How bytes are converted to a number. */
export interface ByteFormat {
  relative: boolean;
  littleEndian: boolean;
  /** The byte order was specified. */
  endian?: true;
  /** Base of digits in text; 0: by prefix. undefined: binary. */
  base?: 0 | 8 | 10 | 16;
  /** Byte order from DCE/RPC. */
  dce?: boolean;
  /** Mask, as text if beyond 2^53; the result is shifted right by its trailing zeros. */
  bitmask?: number;
}

/** Maximum number of digits read. */
export const MAX_TEXT_LENGTH = 23;

const BASES: Readonly<Record<string, 8 | 10 | 16>> = { dec: 10, hex: 16, oct: 8 };

/** Fields separated by commas, trimmed. */
export function fields(argument: string): string[] {
  return argument.split(',').map(field => field.trim());
}

/** Applies a flag such as `relative`, `little`, `string`; @returns false if it is not one of them */
export function applyFormat(word: string, format: ByteFormat, keyword: string, at: Position): boolean {
  switch (word) {
    case 'relative':
      format.relative = true;
      return true;
    case 'big':
    case 'little':
      format.littleEndian = word === 'little';
      format.endian = true;
      return true;
    case 'string':
      format.base ??= 0;
      return true;
    case 'dce':
      format.dce = true;
      return true;
    case 'dec':
    case 'hex':
    case 'oct':
      if (format.base === undefined)
        throw new RuleError(`${keyword}: ${word} needs string before it`, at, `string,${word}`);
      format.base = BASES[word]!;
      return true;
    default: {
      const match = /^bitmask\s+(\S+)$/.exec(word);
      if (!match) return false;
      format.bitmask = wholeNumber(match[1]!, keyword, 1, 0xffffffff, at);
      return true;
    }
  }
}

/** @throws RuleError unless `text` is a number (decimal or 0x…) within the bounds */
export function wholeNumber(
  text: string,
  keyword: string,
  minimum: number,
  maximum: number,
  at: Position,
): number {
  const match = /^([+-]?)(0x[0-9a-f]{1,16}|\d{1,20})$/i.exec(text);
  const value = match ? Number(match[2]) * (match[1] === '-' ? -1 : 1) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new RuleError(`invalid ${keyword} value "${text}"`, at, `a number from ${minimum} to ${maximum}`);
}

/** A number within the bounds, or a known variable. */
export function numberOrVariable(
  text: string,
  rule: RuleBuilder,
  keyword: string,
  minimum: number,
  maximum: number,
  at: Position,
): NumberOrVariable {
  if (/^[a-z_]/i.test(text)) {
    rule.requireVariable(text, keyword, at);
    return text;
  }
  return wholeNumber(text, keyword, minimum, maximum, at);
}

/** A 64-bit number, signed or unsigned, or a known variable. */
export function largeNumberOrVariable(
  text: string,
  rule: RuleBuilder,
  keyword: string,
  at: Position,
): NumberOrVariable {
  const value = numberOrVariable(text, rule, keyword, -(2 ** 63), 2 ** 64, at);
  if (typeof value === 'string' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  const negative = text.startsWith('-');
  const digits = BigInt(text.replace(/^[+-]/, ''));
  if (digits < 1n << 64n) return String(negative ? -digits : digits);
  throw new RuleError(`invalid ${keyword} value "${text}"`, at, 'a 64-bit number');
}

/** Number of bytes: up to 8 in binary (0 only if `fewest` allows it), up to 23 as text (0: as many as are digits). */
export function byteCount(
  text: string,
  rule: RuleBuilder,
  format: ByteFormat,
  keyword: string,
  at: Position,
  fewest: 0 | 1 = 1,
): NumberOrVariable {
  if (format.base !== undefined) return numberOrVariable(text, rule, keyword, 0, MAX_TEXT_LENGTH, at);
  return numberOrVariable(text, rule, keyword, fewest, 8, at);
}

/** @throws RuleError unless it is a valid variable name */
export function variableName(text: string, keyword: string, at: Position): string {
  if (/^[a-z_][a-z0-9_.-]*$/i.test(text) && text.length <= 256) return text;
  throw new RuleError(
    `"${text}" is not a valid variable name for ${keyword}`,
    at,
    'letters, digits, "_" and "."',
  );
}

/** With DCE/RPC the protocol determines the number format: no other format flags are allowed. */
export function checkDce(format: ByteFormat, rule: RuleBuilder, keyword: string, at: Position): void {
  if (!format.dce) return;
  if (format.base !== undefined || format.endian)
    throw new RuleError(`Invalid option. A ${keyword} keyword with dce holds other invalid modifiers.`, at);
  if (!rule.sticky) rule.useProtocol([{ name: 'dcerpc' }], `${keyword} with dce`, at);
}
