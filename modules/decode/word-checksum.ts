/**
 * TCP checksums of whole packets, four bytes at a time. Sums do not depend on byte order but for a swap at the end
 * (RFC 1071 section 2), so words are added as the machine (little-endian) reads them.
 */
import { wordSum } from '../../engine/checksum.js';

export class WordChecksum {
  private readonly words: Int32Array;

  constructor(private readonly bytes: Uint8Array) {
    this.words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
  }

  /**
   * Whether the checksum in a TCP segment at `offset` is right, pseudo header included (RFC 9293 section 3.1,
   * RFC 8200 section 8.1).
   *
   * @param addresses offset of the source address, which the destination address follows
   * @param addressBytes 8 (IPv4) or 32 (IPv6): length of both addresses
   */
  isRight(
    addresses: number,
    addressBytes: number,
    protocol: number,
    offset: number,
    length: number,
  ): boolean {
    const sum = this.sum(addresses, addressBytes) + protocol + length + this.sum(offset, length);
    return fold(sum) === 0xffff;
  }

  /** Sum of the 16-bit words of [offset, offset + length), folded to 16 bits. For up to 64 KiB. */
  sum(offset: number, length: number): number {
    const { bytes } = this;
    const end = offset + length;
    const firstWord = (offset + 3) >> 2;
    const endWord = end >> 2;
    if (endWord <= firstWord) return wordSum(bytes, offset, length);
    // Bytes at even addresses are the low halves of little-endian 16-bit words, those at odd ones the high halves.
    let sum = this.sumAligned(firstWord, endWord);
    for (let i = offset; i < firstWord * 4; i++) sum += i & 1 ? bytes[i]! << 8 : bytes[i]!;
    for (let i = endWord * 4; i < end; i++) sum += i & 1 ? bytes[i]! << 8 : bytes[i]!;
    const folded = fold(sum);
    return offset & 1 ? folded : ((folded & 0xff) << 8) | (folded >> 8);
  }

  private sumAligned(first: number, end: number): number {
    const { words } = this;
    let low = 0;
    let high = 0;
    let i = first;
    for (; i + 3 < end; i += 4) {
      const a = words[i]!;
      const b = words[i + 1]!;
      const c = words[i + 2]!;
      const d = words[i + 3]!;
      low += (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff);
      high += (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16);
    }
    for (; i < end; i++) {
      low += words[i]! & 0xffff;
      high += words[i]! >>> 16;
    }
    return low + high;
  }
}

/** Adds what is above 16 bits again. */
function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}
