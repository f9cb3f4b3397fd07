/**
 * Percent-decoding and path normalisation as the configured server does them (RFC 3986 2.1, 5.2.4 and earlier
 * practice).
 */
import { hexDigit, lowered } from './bytes.js';
import type { UriDecodingSettings } from './personality.js';

const PERCENT = 37;
const PLUS = 43;
const DOT = 46;
const SLASH = 47;
const BACKSLASH = 92;

/** Decodes a query; separators are left alone there. @param plus whether `+` is a space */
export function decodeQuery(query: Uint8Array, settings: UriDecodingSettings, plus: boolean): Uint8Array {
  if (query.indexOf(PERCENT) < 0 && !(plus && query.indexOf(PLUS) >= 0)) return query;
  const result = new Uint8Array(query.length);
  let length = 0;
  for (let at = 0; at < query.length; ) {
    const byte = query[at]!;
    if (byte === PERCENT) {
      at = decodeOne(query, at, settings);
      if (decoded >= 0) result[length++] = decoded;
    } else {
      result[length++] = plus && byte === PLUS ? 32 : byte;
      at++;
    }
  }
  return result.subarray(0, length);
}

/** Decodes a path, makes its separators uniform and resolves dot segments. */
export function normalizePath(path: Uint8Array, settings: UriDecodingSettings): Uint8Array {
  if (isNormal(path)) return settings.lowercase ? lowered(path) : path;
  let result = decodePath(path, settings);
  if (settings.bestFit) result = withBestFit(result, settings.replacement);
  if (settings.lowercase) result = lowered(result);
  return resolveDots(result);
}

/** The common case: nothing needs to be changed. */
function isNormal(path: Uint8Array): boolean {
  let before = 0;
  for (let i = 0; i < path.length; i++) {
    const byte = path[i]!;
    if (byte === PERCENT || byte === BACKSLASH || byte === 0 || byte >= 0x80) return false;
    if (byte === DOT && (before === SLASH || i === 0)) return false;
    if (byte === SLASH && before === SLASH) return false;
    before = byte;
  }
  return true;
}

/** Result of `decodeOne`: a byte, or -1 for none. */
let decoded = -1;

/** @returns index after the decoded bytes */
function decodeOne(bytes: Uint8Array, at: number, settings: UriDecodingSettings): number {
  if (settings.percentU && ((bytes[at + 1] ?? 0) | 32) === 0x75) {
    const unit = hexNumber(bytes, at + 2, 4);
    if (unit >= 0) {
      decoded = bestFit(unit, settings.replacement);
      return at + 6;
    }
    return invalid(bytes, at, settings);
  }
  const value = hexNumber(bytes, at + 1, 2);
  if (value < 0) return invalid(bytes, at, settings);
  decoded = value;
  return at + 3;
}

function invalid(bytes: Uint8Array, at: number, { invalid: how }: UriDecodingSettings): number {
  if (how === 'decode' && at + 2 < bytes.length) {
    decoded = (lenientDigit(bytes[at + 1]!) * 16 + lenientDigit(bytes[at + 2]!)) & 0xff;
    return at + 3;
  }
  decoded = how === 'drop' ? -1 : PERCENT;
  return at + 1;
}

/** Value that old servers computed from any byte. */
function lenientDigit(byte: number): number {
  return byte >= 65 ? (byte & 0xdf) - 65 + 10 : byte - 48;
}

function hexNumber(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const digit = hexDigit(bytes[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function decodePath(path: Uint8Array, settings: UriDecodingSettings): Uint8Array {
  const result = new Uint8Array(path.length);
  let length = 0;
  for (let at = 0; at < path.length; ) {
    let byte = path[at]!;
    if (byte === PERCENT) {
      const behind = decodeOne(path, at, settings);
      byte = decoded;
      const separates = byte === SLASH || (byte === BACKSLASH && settings.backslashes);
      if (separates && !settings.encodedSeparators) {
        byte = PERCENT;
        at++;
      } else {
        at = behind;
        if (byte === 0 && settings.encodedNulEnds) break;
        if (byte < 0) continue;
      }
    } else {
      at++;
      if (byte === 0 && settings.rawNulEnds) break;
    }
    if (byte === BACKSLASH && settings.backslashes) byte = SLASH;
    if (byte === SLASH && settings.compressSeparators && length > 0 && result[length - 1] === SLASH) continue;
    result[length++] = byte;
  }
  return result.subarray(0, length);
}

/** Replaces UTF-8 sequences by one byte each; invalid bytes stay. */
function withBestFit(path: Uint8Array, replacement: number): Uint8Array {
  let high = false;
  for (let i = 0; i < path.length && !high; i++) high = path[i]! >= 0x80;
  if (!high) return path;
  const result = new Uint8Array(path.length);
  let length = 0;
  for (let at = 0; at < path.length; ) {
    const size = sequenceLength(path, at);
    result[length++] = size === 1 ? path[at]! : bestFit(codePoint(path, at, size), replacement);
    at += size;
  }
  return result.subarray(0, length);
}

/** Length of the UTF-8 sequence at `at`; 1 for ASCII and for invalid sequences. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 1;
  for (let i = 1; i < size; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 1;
  return size;
}

function codePoint(bytes: Uint8Array, at: number, size: number): number {
  let value = bytes[at]! & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) value = value * 64 + (bytes[at + i]! & 0x3f);
  return value;
}

/** The one-byte character most similar to a code point, as chosen by Windows. @param replacement if there is none */
function bestFit(point: number, replacement: number): number {
  if (point < 0x100) return point;
  if (point >= 0xff01 && point <= 0xff5e) return point - 0xfee0;
  if (point === 0x2215 || point === 0x2044) return SLASH;
  if (point === 0x2216) return BACKSLASH;
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return replacement;
  const base = String.fromCodePoint(point).normalize('NFKD').codePointAt(0)!;
  return base < 0x100 ? base : replacement;
}

/** RFC 3986 5.2.4, in one pass. */
function resolveDots(path: Uint8Array): Uint8Array {
  const result = new Uint8Array(path.length);
  let length = 0;
  let at = 0;
  while (at < path.length) {
    const dots = dotSegment(path, at);
    if (dots > 0) {
      const from = path[at] === SLASH ? 1 : 0;
      const behind = at + from + dots;
      if (dots === 2 && from === 1) while (length > 0 && result[--length] !== SLASH);
      // `/..` at the end leaves `/`; in the middle the next segment brings its own.
      if (behind >= path.length && from === 1) result[length++] = SLASH;
      at = from === 1 ? behind : behind + 1;
      continue;
    }
    result[length++] = path[at++]!;
    while (at < path.length && path[at] !== SLASH) result[length++] = path[at++]!;
  }
  return result.subarray(0, length);
}

/** How many dots form the segment that begins at `at` (with a slash, or at the very start): 0, 1 or 2. */
function dotSegment(path: Uint8Array, at: number): number {
  const from = path[at] === SLASH ? at + 1 : at;
  if (from === at && at !== 0 && path[at - 1] !== SLASH) return 0;
  if (path[from] !== DOT) return 0;
  const dots = path[from + 1] === DOT ? 2 : 1;
  const behind = path[from + dots];
  return behind === undefined || behind === SLASH ? dots : 0;
}
