/** Content syntax: text with `\` before special characters, hexadecimal bytes between bars. */
import { shifted } from '../parser/quoted.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

const BAR = 0x7c;
const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/**
 * @param text between the quotes, latin1
 * @param at position of its first character
 * @returns the bytes as latin1 text
 * @throws RuleError
 */
export function parseContentBytes(text: string, at: Position): string {
  if (!text.includes('|') && !text.includes('\\') && !text.includes('"')) return text;
  let bytes = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === BAR) {
      const close = text.indexOf('|', i + 1);
      if (close < 0)
        throw new RuleError(
          `content has an unterminated hexadecimal part: "|" expected - ${text}`,
          shifted(at, i),
        );
      bytes += hexadecimal(text, i + 1, close, at);
      i = close;
    } else if (c === BACKSLASH) {
      const escaped = text[++i];
      if (escaped === undefined || !':;\\"'.includes(escaped)) {
        throw new RuleError(
          `'${escaped ?? ''}' cannot be escaped in content - ${text}`,
          shifted(at, i - 1),
          'only : ; \\ and " are',
        );
      }
      bytes += escaped;
    } else if (c === QUOTE)
      throw new RuleError(`double quote in content must be escaped - ${text}`, shifted(at, i), '\\"');
    else bytes += text[i];
  }
  return bytes;
}

function hexadecimal(text: string, start: number, end: number, at: Position): string {
  let bytes = '';
  let high = -1;
  for (let i = start; i < end; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) {
      const c = text[i]!;
      if (c === ' ' || c === ',') continue;
      throw new RuleError(
        `Invalid hex code in content - ${text}, hex ${c}. Invalidating signature.`,
        shifted(at, i),
      );
    }
    if (high < 0) high = digit;
    else {
      bytes += String.fromCharCode(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) {
    throw new RuleError(
      `Incomplete hex code in content - ${text}. Invalidating signature.`,
      shifted(at, end - 1),
      'two digits for each byte',
    );
  }
  return bytes;
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
