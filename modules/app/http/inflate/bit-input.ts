/** Bits of a stream that arrives in pieces, lowest bit of each byte first (RFC 1951 3.1.1). */
import type { Huffman } from '../huffman.js';

/** The code of a symbol is incomplete. */
export const SHORT = -1;
/** No code has this prefix. */
export const WRONG = -2;

export class BitInput {
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private bits = 0;
  private count = 0;
  private markedAt = 0;
  private markedBits = 0;
  private markedCount = 0;

  /** Adds bytes, which stay valid until `keep`. */
  append(bytes: Uint8Array): void {
    this.bytes = this.at < this.bytes.length ? joined(this.bytes.subarray(this.at), bytes) : bytes;
    this.at = 0;
  }

  /** Copies the unread bytes: the caller's buffer becomes invalid. */
  keep(): void {
    this.bytes = this.bytes.slice(this.at);
    this.at = 0;
  }

  /** Marks the position that `rewind` returns to. */
  mark(): void {
    this.markedAt = this.at;
    this.markedBits = this.bits;
    this.markedCount = this.count;
  }

  rewind(): void {
    this.at = this.markedAt;
    this.bits = this.markedBits;
    this.count = this.markedCount;
  }

  /** The next `count` (at most 16) bits, or SHORT. */
  take(count: number): number {
    while (this.count < count) {
      if (this.at >= this.bytes.length) return SHORT;
      this.bits |= this.bytes[this.at++]! << this.count;
      this.count += 8;
    }
    const value = this.bits & ((1 << count) - 1);
    this.bits >>>= count;
    this.count -= count;
    return value;
  }

  /** The next symbol of a code, SHORT or WRONG. */
  symbol(codes: Huffman): number {
    while (this.count < 16 && this.at < this.bytes.length) {
      this.bits |= this.bytes[this.at++]! << this.count;
      this.count += 8;
    }
    const found = codes.find(this.bits);
    const length = found & 15;
    if (length === 0) return this.count >= 15 ? WRONG : SHORT;
    if (length > this.count) return SHORT;
    this.bits >>>= length;
    this.count -= length;
    return found >> 4;
  }

  /** Skips the remaining bits of the current byte. */
  toByte(): void {
    this.take(this.count & 7);
  }

  /** Whether whole bytes were already read into the bit buffer, which precede those of `takeBytes`. */
  hasBytes(): boolean {
    return this.count >= 8;
  }

  /** At most `most` whole bytes. */
  takeBytes(most: number): Uint8Array {
    const from = this.at;
    this.at = Math.min(this.bytes.length, from + most);
    return this.bytes.subarray(from, this.at);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
