/**
 * TCP checksums of whole packets. Sums do not depend on byte order except for a swap at the end (RFC 1071 section 2),
 * so words are added in little-endian host order.
 */
import type { Memory } from '../../engine/memory.js';

/**
 * Whether the checksum of the TCP segment at `offset` is correct, pseudo header included (RFC 9293 section 3.1,
 * RFC 8200 section 8.1).
 *
 * @param addresses offset of the source address, which the destination address follows
 * @param addressBytes 8 (IPv4) or 32 (IPv6): length of both addresses; 16: of the source alone, `more` covers the other
 * @param length of the segment, up to 64 KiB
 * @param more sum of the rest of the pseudo header
 */
export function isChecksumRight(
  memory: Pick<Memory, 'sumOfWords'>,
  addresses: number,
  addressBytes: number,
  protocol: number,
  offset: number,
  length: number,
  more = 0,
): boolean {
  const bytes =
    (memory.sumOfWords(addresses, addressBytes) >>> 0) + (memory.sumOfWords(offset, length) >>> 0);
  return fold(swapped(fold(bytes)) + protocol + length + more) === 0xffff;
}

function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >> 8);
}

/** Adds the carry above 16 bits. */
function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}
