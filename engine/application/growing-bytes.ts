/** An append-only byte buffer. Views taken earlier stay valid and keep their content. */
const EMPTY = new Uint8Array(0);

export class GrowingBytes {
  length = 0;
  private buffer: Uint8Array = EMPTY;

  /**
   * @param initialCapacity initial capacity in bytes; 0: the length of the first chunk
   * @param maxCapacity upper bound of the length: no more is allocated
   */
  constructor(
    private readonly initialCapacity = 0,
    private readonly maxCapacity = Number.POSITIVE_INFINITY,
  ) {}

  /** Takes ownership of the initial bytes without copying; nothing may have been appended before. */
  adopt(bytes: Uint8Array): void {
    this.buffer = bytes;
    this.length = bytes.length;
  }

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const needed = this.length + end - start;
    if (needed > this.buffer.length) {
      // Doubling keeps the cost of many small chunks linear; the first chunk is often the only one.
      const wanted = this.length === 0 ? this.initialCapacity : Math.min(2 * needed, this.maxCapacity);
      const store = new Uint8Array(Math.max(wanted, needed));
      store.set(this.buffer.subarray(0, this.length));
      this.buffer = store;
    }
    this.buffer.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.length);
    this.length = needed;
  }

  slice(start: number, end = this.length): Uint8Array {
    return this.buffer.subarray(start, end);
  }

  /** All bytes so far, or the first of them. */
  view(length = this.length): Uint8Array {
    return this.buffer.subarray(0, length);
  }
}
