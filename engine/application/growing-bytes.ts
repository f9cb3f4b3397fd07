/** An append-only byte buffer. Views taken earlier stay valid and keep their content. */
const EMPTY = new Uint8Array(0);

export class GrowingBytes {
  length = 0;
  private store: Uint8Array = EMPTY;

  /**
   * @param room initial capacity in bytes; 0: the length of the first piece
   * @param most upper bound of the length: no more is allocated
   */
  constructor(
    private readonly room = 0,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  /** Takes ownership of the initial bytes without copying; nothing may have been appended before. */
  adopt(bytes: Uint8Array): void {
    this.store = bytes;
    this.length = bytes.length;
  }

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const needed = this.length + end - start;
    if (needed > this.store.length) {
      // Doubling keeps the cost of many small pieces linear; the first piece is often the only one.
      const wanted = this.length === 0 ? this.room : Math.min(2 * needed, this.most);
      const store = new Uint8Array(Math.max(wanted, needed));
      store.set(this.store.subarray(0, this.length));
      this.store = store;
    }
    this.store.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.length);
    this.length = needed;
  }

  slice(start: number, end = this.length): Uint8Array {
    return this.store.subarray(start, end);
  }

  /** All bytes so far, or the first of them. */
  view(length = this.length): Uint8Array {
    return this.store.subarray(0, length);
  }
}
