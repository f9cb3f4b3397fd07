/**
 * JSON strings (RFC 8259 7), written into a buffer with sufficient space. Each returns the position after its output.
 */
import { writeHexByte } from './digits.js';

const encoder = new TextEncoder();
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const ZERO = 0x30;

/** Letter after the backslash for bytes with a short escape; 1 for those written as \u00XX; 0 for the rest. */
const ESCAPES = new Uint8Array(256);
ESCAPES.fill(1, 0, 32);
for (const [char, letter] of [
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['"', '"'],
  ['\\', '\\'],
] as const) {
  ESCAPES[char.charCodeAt(0)] = letter.charCodeAt(0);
}

/** 1 for the bytes that "printable" payloads show unchanged. */
const PRINTABLE = new Uint8Array(256);
PRINTABLE.fill(1, 32, 127);
PRINTABLE[10] = 1;
PRINTABLE[13] = 1;

/**
 * ASCII directly; from the first other character on as UTF-8 (a lone surrogate becomes U+FFFD). Needs `length * 6 + 2`.
 */
export function writeText(out: Uint8Array, at: number, value: string): number {
  out[at++] = QUOTE;
  let i = 0;
  for (; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0x80) break;
    if (ESCAPES[unit] === 0) out[at++] = unit;
    else at = writeEscape(out, at, unit);
  }
  if (i < value.length) at = writeUtf8(out, at, encoder.encode(value.slice(i)));
  out[at++] = QUOTE;
  return at;
}

function writeUtf8(out: Uint8Array, at: number, bytes: Uint8Array): number {
  for (const byte of bytes) {
    if (ESCAPES[byte] === 0) out[at++] = byte;
    else at = writeEscape(out, at, byte);
  }
  return at;
}

/**
 * `source[start, end)` with a dot for what is neither printable ASCII nor a line end. Needs twice its length plus 2.
 */
export function writePrintable(
  out: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  out[at++] = QUOTE;
  for (let i = start; i < end; i++) {
    const byte = PRINTABLE[source[i]!] === 1 ? source[i]! : DOT;
    const letter = ESCAPES[byte]!;
    if (letter !== 0) {
      out[at++] = BACKSLASH;
      out[at++] = letter;
    } else out[at++] = byte;
  }
  out[at++] = QUOTE;
  return at;
}

/** Writes a byte that must be escaped. @returns the position after it */
function writeEscape(out: Uint8Array, at: number, byte: number): number {
  const letter = ESCAPES[byte]!;
  out[at++] = BACKSLASH;
  if (letter !== 1) {
    out[at++] = letter;
    return at;
  }
  out[at++] = 0x75;
  out[at++] = ZERO;
  out[at++] = ZERO;
  return writeHexByte(out, at, byte);
}
