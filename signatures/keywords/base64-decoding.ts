/** Base64 (RFC 4648, RFC 2045) as found in traffic: decoded up to the first error. */

export type Base64Mode = 'rfc2045' | 'rfc4648' | 'strict';

const PADDING = 64;
const INVALID = 255;

/** Values of characters. */
const VALUES = new Uint8Array(256).fill(INVALID);
for (let i = 0; i < 64; i++)
  VALUES['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charCodeAt(i)] = i;
VALUES[0x3d] = PADDING;

/**
 * Decodes `bytes[start, end)`. rfc2045 skips invalid characters; rfc4648 stops there; strict returns nothing unless all
 * characters are valid.
 * @returns the decoded bytes
 */
export function decodeBase64(bytes: Uint8Array, start: number, end: number, mode: Base64Mode): Uint8Array {
  const stop = stopOf(bytes, start, end, mode);
  const decoded = new Uint8Array(Math.ceil(((stop - start) * 3) / 4) + 3);
  let length = 0;
  let group = 0;
  let count = 0;
  for (let i = start; i < stop; i++) {
    const value = VALUES[bytes[i]!]!;
    if (value === INVALID) continue;
    group = (group << 6) | value;
    if (++count === 4) {
      decoded[length++] = group >>> 16;
      decoded[length++] = group >>> 8;
      decoded[length++] = group;
      count = 0;
      group = 0;
    }
  }
  if (mode === 'strict' && !endsCleanly(bytes, stop, end, count)) return decoded.subarray(0, 0);
  if (count >= 2) decoded[length++] = (group << (24 - 6 * count)) >>> 16;
  if (count === 3) decoded[length++] = (group << 6) >>> 8;
  return decoded.subarray(0, length);
}

/**
 * Where decoding stops. It is found first, so that no memory is taken for what is not decoded: a rule may decode at
 * thousands of places of a buffer.
 */
function stopOf(bytes: Uint8Array, start: number, end: number, mode: Base64Mode): number {
  for (let i = start; i < end; i++) {
    const value = VALUES[bytes[i]!]!;
    if (value === PADDING || (value === INVALID && mode !== 'rfc2045')) return i;
  }
  return end;
}

/** Whether padding completes the last group, with nothing after it. */
function endsCleanly(bytes: Uint8Array, from: number, end: number, count: number): boolean {
  for (let i = from; i < end; i++) if (bytes[i] !== 0x3d) return false;
  return (count + (end - from)) % 4 === 0 && end - from <= 2;
}
