/** Reads the fields of a message in sequence; past the end everything reads as 0 and `failed` is set. */
export class Cursor {
  failed = false;

  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  uint8(): number {
    return this.uint(1);
  }

  uint16(): number {
    return this.uint(2);
  }

  uint24(): number {
    return this.uint(3);
  }

  private uint(size: number): number {
    if (!this.has(size)) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.at++]!;
    return value;
  }

  /** The next `length` bytes, without a copy; empty if they are incomplete. */
  take(length: number): Uint8Array {
    if (!this.has(length)) return this.bytes.subarray(0, 0);
    const taken = this.bytes.subarray(this.at, this.at + length);
    this.at += length;
    return taken;
  }

  /** The next `length` bytes as a separate cursor. */
  part(length: number): Cursor {
    const taken = this.take(length);
    return new Cursor(taken, 0, taken.length);
  }

  /** 16-bit numbers up to the end. */
  uint16List(): number[] {
    const list: number[] = [];
    while (this.left >= 2) list.push(this.uint16());
    return list;
  }

  private has(size: number): boolean {
    if (this.at + size <= this.end) return true;
    this.failed = true;
    this.at = this.end;
    return false;
  }
}
