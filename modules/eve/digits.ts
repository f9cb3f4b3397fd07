/**
 * Numbers and bytes as digits, written into a buffer with sufficient space. Each returns the position after its output.
 */
const encoder = new TextEncoder();
const COLON = 0x3a;
const PAD = 0x3d;
const ZERO = 0x30;
const BASE64 = encoder.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const HEX = encoder.encode('0123456789abcdef');

/** Writes a safe integer in decimal. @returns the position after it */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    out[at++] = 0x2d;
    value = -value;
  }
  if (value < 10) {
    out[at] = ZERO + value;
    return at + 1;
  }
  let digits = 2;
  for (let limit = 100; limit <= value; limit *= 10) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = rest < 0x7fffffff ? (rest / 10) | 0 : Math.floor(rest / 10);
    out[i] = ZERO + (rest - tenth * 10);
    rest = tenth;
  }
  return at + digits;
}

export function writeHexByte(out: Uint8Array, at: number, byte: number): number {
  out[at++] = HEX[byte >> 4]!;
  out[at++] = HEX[byte & 15]!;
  return at;
}

/** Six bytes as `00:11:22:aa:bb:cc`. */
export function writeMac(out: Uint8Array, at: number, source: Uint8Array, offset: number): number {
  for (let i = 0; i < 6; i++) {
    if (i > 0) out[at++] = COLON;
    at = writeHexByte(out, at, source[offset + i]!);
  }
  return at;
}

/** `source[start, end)` in base64 (RFC 4648 4). */
export function writeBase64(
  out: Uint8Array,
  at: number,
  source: Uint8Array,
  start: number,
  end: number,
): number {
  let i = start;
  for (; i + 2 < end; i += 3) {
    const group = (source[i]! << 16) | (source[i + 1]! << 8) | source[i + 2]!;
    out[at++] = BASE64[group >> 18]!;
    out[at++] = BASE64[(group >> 12) & 63]!;
    out[at++] = BASE64[(group >> 6) & 63]!;
    out[at++] = BASE64[group & 63]!;
  }
  if (i >= end) return at;
  const group = (source[i]! << 16) | (i + 1 < end ? source[i + 1]! << 8 : 0);
  out[at++] = BASE64[group >> 18]!;
  out[at++] = BASE64[(group >> 12) & 63]!;
  out[at++] = i + 1 < end ? BASE64[(group >> 6) & 63]! : PAD;
  out[at++] = PAD;
  return at;
}
