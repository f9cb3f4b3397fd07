/** Little-endian numbers and texts of a message. Reading outside of it yields 0, or an empty text. */
const WIDE = 2 ** 32;
/** Seconds between the epochs of Windows (1601) and Unix. */
const EPOCHS = 11_644_473_600;

/** A message, or a part of one, with offsets from its first byte. */
export class Fields {
  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.bytes[at] ?? 0;
  }

  u16(at: number): number {
    return this.u8(at) | (this.u8(at + 1) << 8);
  }

  u32(at: number): number {
    return (this.u16(at) + this.u16(at + 2) * 65536) >>> 0;
  }

  /** Exact below 2^53. */
  u64(at: number): number {
    return this.u32(at) + this.u32(at + 4) * WIDE;
  }

  exact64(at: number): bigint {
    return BigInt(this.u32(at)) + BigInt(this.u32(at + 4)) * BigInt(WIDE);
  }

  /** A time in seconds since 1970; 0 if unset. */
  time(at: number): number {
    const ticks = this.u64(at);
    return ticks === 0 ? 0 : Math.max(0, Math.floor(ticks / 1e7) - EPOCHS);
  }

  part(at: number, length: number): Uint8Array {
    return this.bytes.subarray(Math.min(at, this.length), Math.min(at + length, this.length));
  }

  /** UTF-16 without its zero bytes, as Suricata logs names: bytes as text. */
  wide(at: number, length: number): string {
    return narrow(this.part(at, length));
  }

  /** Text up to a zero. @returns it, and the offset after the zero */
  text(at: number, isWide: boolean): [string, number] {
    const step = isWide ? 2 : 1;
    let end = at;
    while (end + step <= this.length && !(this.u8(end) === 0 && (!isWide || this.u8(end + 1) === 0)))
      end += step;
    return [narrow(this.part(at, end - at)), end + step];
  }
}

/** The non-zero bytes as text. */
export function narrow(bytes: Uint8Array): string {
  return Buffer.from(bytes.includes(0) ? bytes.filter(byte => byte !== 0) : bytes).toString('latin1');
}
