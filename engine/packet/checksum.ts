/**
 * The internet checksum (RFC 1071): the one's complement of the sum of all big-endian 16-bit words, with end-around
 * carry. Sums are 16-bit numbers and can be continued with other data.
 */
import { native } from '../native.js';

/** From this length on the addon is faster, including the call. */
const NATIVE_LENGTH = 192;

/**
 * Sum of the 16-bit words of `bytes[offset, offset + length)`; an odd last byte counts as followed by zero.
 * @param initial a sum to start from, e.g. `pseudoHeaderSum`  @returns the sum, in 16 bits
 */
export function wordSum(bytes: Uint8Array, offset: number, length: number, initial = 0): number {
  // Upper and lower bytes separately: four additions of small integers for 4 bytes, and no shifting.
  let upper = 0;
  let lower = 0;
  let i = offset;
  for (const end = offset + (length & ~3); i < end; i += 4) {
    upper += bytes[i]! + bytes[i + 2]!;
    lower += bytes[i + 1]! + bytes[i + 3]!;
  }
  if (length & 2) {
    upper += bytes[i]!;
    lower += bytes[i + 1]!;
    i += 2;
  }
  if (length & 1) upper += bytes[i]!;
  return fold(fold(upper) * 256 + fold(lower) + initial);
}

/** Folds the carry above 16 bits; for sums below 2^48. */
function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/**
 * Checksum as written to a header whose checksum field is zero; 0 over data that contains its correct checksum.
 * @param initial a sum to start from
 */
export function checksum(bytes: Uint8Array, offset: number, length: number, initial = 0): number {
  const addon = length >= NATIVE_LENGTH ? native() : undefined;
  if (addon) return addon.checksum(bytes, offset, length, initial);
  return ~wordSum(bytes, offset, length, initial) & 0xffff;
}

/**
 * Sum of the pseudo header for TCP, UDP and ICMPv6 checksums.
 * @param addresses offset of the source address, followed by the destination
 * @param addressesLength of both: 8 for IPv4, 32 for IPv6
 * @param protocol number of the transport  @param length of its header and payload
 */
export function pseudoHeaderSum(
  bytes: Uint8Array,
  addresses: number,
  addressesLength: number,
  protocol: number,
  length: number,
): number {
  return fold(wordSum(bytes, addresses, addressesLength) + protocol + (length >>> 16) + (length & 0xffff));
}

/**
 * Checksum of a transport header and its payload at `offset`, with the pseudo header (see there).
 * @param more additional sum for the pseudo header
 */
export function transportChecksum(
  bytes: Uint8Array,
  addresses: number,
  addressesLength: number,
  protocol: number,
  offset: number,
  length: number,
  more = 0,
): number {
  const pseudo = pseudoHeaderSum(bytes, addresses, addressesLength, protocol, length);
  return checksum(bytes, offset, length, fold(pseudo + more));
}
