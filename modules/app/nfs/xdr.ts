/** Reads External Data Representation (RFC 4506); past the end everything reads as 0 and `failed` is set. */
import { uint32 } from '../../../engine/packet/network-order.js';

export class Xdr {
  failed = false;

  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  uint32(): number {
    if (!this.has(4)) return 0;
    const { bytes, at } = this;
    this.at += 4;
    return uint32(bytes, at);
  }

  /** Exact below 2^53. */
  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  skip(count: number): void {
    if (this.has(count)) this.at += count;
  }

  /** A copy of `length` bytes. */
  fixed(length: number): Uint8Array {
    if (!this.has(padded(length))) return EMPTY;
    const taken = this.bytes.slice(this.at, this.at + length);
    this.at += padded(length);
    return taken;
  }

  /** Opaque data or a text of variable length: a copy. @param most maximum plausible length in bytes */
  opaque(most: number): Uint8Array {
    const length = this.uint32();
    if (length > most) this.failed = true;
    return this.failed ? EMPTY : this.fixed(length);
  }

  private has(count: number): boolean {
    if (!this.failed && count <= this.left) return true;
    this.failed = true;
    return false;
  }
}

const EMPTY = new Uint8Array(0);

/** Lengths are unsigned with 32 bits: bitwise operators, which are signed, would not suffice. */
export function padded(length: number): number {
  return 4 * Math.ceil(length / 4);
}
