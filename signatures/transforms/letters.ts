/** Transforms on characters: whitespace, case, prefix, headers. */
import type { Transform, TransformBytes } from '../transform.js';

function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d);
}

function simple(name: string, summary: string, change: TransformBytes): Transform {
  return { name, summary, grammar: '', compile: () => change };
}

/** Keeps the bytes for which `keep` returns true. */
function filtered(bytes: Uint8Array, keep: (i: number) => boolean): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) if (keep(i)) kept[length++] = bytes[i]!;
  return kept.subarray(0, length);
}

const lower = (c: number) => (c >= 0x41 && c <= 0x5a ? c + 32 : c);
const upper = (c: number) => (c >= 0x61 && c <= 0x7a ? c - 32 : c);

/** Header names in lower case, values unchanged. */
function lowerHeaderNames(bytes: Uint8Array): Uint8Array {
  let inName = true;
  return bytes.map(c => {
    if (c === 0x3a) inName = false;
    else if (c === 0x0a) inName = true;
    return inName ? lower(c) : c;
  });
}

/** Drops lines that begin with a colon (RFC 9113 section 8.3). */
function withoutPseudoHeaders(bytes: Uint8Array): Uint8Array {
  let dropping = false;
  let lineStart = true;
  return filtered(bytes, i => {
    if (lineStart) dropping = bytes[i] === 0x3a;
    lineStart = bytes[i] === 0x0a;
    return !dropping;
  });
}

function hexValue(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const l = c | 0x20;
  return l >= 0x61 && l <= 0x66 ? l - 0x57 : -1;
}

/** RFC 3986 section 2.1, and `+` for a blank. */
function urlDecoded(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    const [high, low] = c === 0x25 ? [hexValue(bytes[i + 1]), hexValue(bytes[i + 2])] : [-1, -1];
    if (high >= 0 && low >= 0) {
      decoded[length++] = high * 16 + low;
      i += 2;
    } else decoded[length++] = c === 0x2b ? 0x20 : c;
  }
  return decoded.subarray(0, length);
}

function dotPrefixed(bytes: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(bytes.length + 1);
  prefixed[0] = 0x2e;
  prefixed.set(bytes, 1);
  return prefixed;
}

export const letterTransforms: readonly Transform[] = [
  simple('strip_whitespace', 'Removes whitespace.', bytes => filtered(bytes, i => !isSpace(bytes[i]!))),
  simple('compress_whitespace', 'Replaces runs of whitespace with a single whitespace character.', bytes =>
    filtered(bytes, i => !isSpace(bytes[i]!) || i === 0 || !isSpace(bytes[i - 1]!)),
  ),
  simple('to_lowercase', 'Converts letters to lower case.', bytes => bytes.map(lower)),
  simple('to_uppercase', 'Converts letters to upper case.', bytes => bytes.map(upper)),
  simple('header_lowercase', 'Converts header names to lower case.', lowerHeaderNames),
  simple('strip_pseudo_headers', 'Removes HTTP/2 pseudo headers.', withoutPseudoHeaders),
  simple('url_decode', 'Decodes percent-encoding.', urlDecoded),
  simple('dotprefix', 'Prepends a dot.', dotPrefixed),
];
