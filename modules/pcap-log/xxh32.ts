/** xxHash with 32 bits (XXH32 of the xxHash specification 0.1), seed 0, incremental. */
const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;
const STRIPE = 16;

export class Xxh32 {
  private readonly lanes = Int32Array.of(PRIME_1 + PRIME_2, PRIME_2, 0, -PRIME_1);
  private readonly pending = new Uint8Array(STRIPE);
  private held = 0;
  private length = 0;

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(STRIPE - this.held, bytes.length);
      this.pending.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < STRIPE) return;
      this.stripe(this.pending, 0);
    }
    for (; at + STRIPE <= bytes.length; at += STRIPE) this.stripe(bytes, at);
    this.pending.set(bytes.subarray(at));
    this.held = bytes.length - at;
  }

  /** Unsigned. */
  value(): number {
    const { lanes, pending } = this;
    const [a, b, c, d] = lanes as unknown as [number, number, number, number];
    let hash =
      this.length >= STRIPE ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : PRIME_5 | 0;
    hash = (hash + this.length) | 0;
    let at = 0;
    for (; at + 4 <= this.held; at += 4)
      hash = Math.imul(rotate((hash + Math.imul(word(pending, at), PRIME_3)) | 0, 17), PRIME_4);
    for (; at < this.held; at++)
      hash = Math.imul(rotate((hash + Math.imul(pending[at]!, PRIME_5)) | 0, 11), PRIME_1);
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  private stripe(bytes: Uint8Array, at: number): void {
    const { lanes } = this;
    for (let i = 0; i < 4; i++)
      lanes[i] = Math.imul(
        rotate((lanes[i]! + Math.imul(word(bytes, at + 4 * i), PRIME_2)) | 0, 13),
        PRIME_1,
      );
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}
