/**
 * Options of a TCP header in packet memory, read without allocation. `l4` is the offset of a header that decode
 * accepted (`Packet.L4`, not 0), so it is completely within the packet.
 */

export const END = 0;
export const NOP = 1;
/** Maximum segment size (RFC 9293 section 3.2). */
export const MSS = 2;
/** Window scale (RFC 7323). */
export const WINDOW_SCALE = 3;
/** Selective acknowledgment (RFC 2018). */
export const SACK_PERMITTED = 4;
export const SACK = 5;
/** Timestamps (RFC 7323). */
export const TIMESTAMPS = 8;
/** MD5 signature (RFC 2385) and authentication option (RFC 5925). */
export const MD5 = 19;
export const AO = 29;
/** Fast open (RFC 7413), and its earlier experimental kinds, with a magic number (RFC 6994). */
export const FAST_OPEN = 34;
export const EXPERIMENT_1 = 253;
export const EXPERIMENT_2 = 254;
export const FAST_OPEN_MAGIC = 0xf989;

const HEADER = 20;

/** Whether an option of this kind may have this length. Unknown kinds may have any. */
export function isLengthOf(kind: number, length: number): boolean {
  switch (kind) {
    case MSS:
      return length === 4;
    case WINDOW_SCALE:
      return length === 3;
    case SACK_PERMITTED:
      return length === 2;
    case SACK:
      return length >= 10 && length <= 34 && (length - 2) % 8 === 0;
    case TIMESTAMPS:
      return length === 10;
    case MD5:
      return length === 18;
    case AO:
      return length >= 4;
    case FAST_OPEN:
      return length === 2 || (length >= 6 && length <= 18 && length % 2 === 0);
    default:
      return true;
  }
}

/** Offset of the first well-formed option of this kind, 0 if none. */
function findOption(bytes: Uint8Array, l4: number, kind: number): number {
  const end = l4 + (bytes[l4 + 12]! >> 4) * 4;
  let at = l4 + HEADER;
  while (at < end) {
    const found = bytes[at]!;
    if (found === END) return 0;
    if (found === NOP) {
      at++;
      continue;
    }
    if (end - at < 2) return 0;
    const length = bytes[at + 1]!;
    if (length < 2 || length > end - at) return 0;
    if (found === kind && isLengthOf(kind, length)) return at;
    at += length;
  }
  return 0;
}

/** Maximum segment size, -1 without the option. */
export function maximumSegmentSize(bytes: Uint8Array, l4: number): number {
  const at = findOption(bytes, l4, MSS);
  return at === 0 ? -1 : (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Shift count as on the wire (RFC 7323 caps it at 14 where it is used), -1 without the option. */
export function windowScale(bytes: Uint8Array, l4: number): number {
  const at = findOption(bytes, l4, WINDOW_SCALE);
  return at === 0 ? -1 : bytes[at + 2]!;
}
