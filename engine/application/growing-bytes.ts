/** Bytes that grow at their end. Views that were taken stay valid and keep their content. */
const EMPTY = new Uint8Array(0);

export class GrowingBytes {
  length = 0;
  private store = EMPTY;

  /** @param room bytes taken at first; 0: as many as the first piece has */
  constructor(private readonly room = 0) {}

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const needed = this.length + end - start;
    if (needed > this.store.length) {
      // Doubling keeps the cost of many small pieces linear; the first piece is often the only one.
      const store = new Uint8Array(this.length === 0 ? Math.max(this.room, needed) : 2 * needed);
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
