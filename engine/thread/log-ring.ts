/**
 * Log lines from one thread to the manager, which writes them to files: a ring of bytes in shared memory. A record is
 * its length, the number of its file, and the bytes, padded to four.
 */

/** Marks the beginning of a part of the input, in place of a file number. */
export function partMark(part: number): number {
  return -1 - part;
}

export function partOf(mark: number): number {
  return -1 - mark;
}

const HEAD = 0;
const TAIL = 16;
const HEADER_INTS = 32;
const RECORD_HEADER = 8;

export class LogRing {
  private readonly ints: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly size: number;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.ints = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer, HEADER_INTS * 4);
    this.size = this.bytes.length;
  }

  /** @param byteLength room for records, rounded up to a power of two */
  static allocate(byteLength: number): SharedArrayBuffer {
    return new SharedArrayBuffer(HEADER_INTS * 4 + 2 ** Math.ceil(Math.log2(byteLength)));
  }

  /** The longest record that can be written. */
  get maxRecord(): number {
    return this.size - RECORD_HEADER - 4;
  }

  /** Writes one record. @returns false if there is no room for it now */
  write(file: number, source: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    const needed = RECORD_HEADER + ((length + 3) & ~3);
    const tail = Atomics.load(this.ints, TAIL);
    if (needed > this.size - ((tail - Atomics.load(this.ints, HEAD)) | 0)) return false;
    this.putInt(tail, length);
    this.putInt(tail + 4, file);
    this.copyIn(tail + RECORD_HEADER, source, start, end);
    Atomics.store(this.ints, TAIL, (tail + needed) | 0);
    return true;
  }

  /**
   * Reads all available records.
   * @param take gets the file's number and the bytes of one record, valid until it returns
   * @returns number of records
   */
  drain(take: (file: number, bytes: Uint8Array) => void): number {
    const tail = Atomics.load(this.ints, TAIL);
    let head = Atomics.load(this.ints, HEAD);
    let records = 0;
    while (head !== tail) {
      const length = this.getInt(head);
      const file = this.getInt(head + 4);
      take(file, this.record(head + RECORD_HEADER, length));
      head = (head + RECORD_HEADER + ((length + 3) & ~3)) | 0;
      records++;
    }
    Atomics.store(this.ints, HEAD, head);
    return records;
  }

  private offsetOf(position: number): number {
    return position & (this.size - 1);
  }

  private putInt(position: number, value: number): void {
    this.ints[HEADER_INTS + (this.offsetOf(position) >>> 2)] = value;
  }

  private getInt(position: number): number {
    return this.ints[HEADER_INTS + (this.offsetOf(position) >>> 2)]!;
  }

  private copyIn(position: number, source: Uint8Array, start: number, end: number): void {
    const at = this.offsetOf(position);
    const first = Math.min(end - start, this.size - at);
    this.bytes.set(source.subarray(start, start + first), at);
    if (start + first < end) this.bytes.set(source.subarray(start + first, end), 0);
  }

  /** The bytes in place; copied together if they wrap around the end of the ring. */
  private record(position: number, length: number): Uint8Array {
    const at = this.offsetOf(position);
    const first = this.size - at;
    if (length <= first) return this.bytes.subarray(at, at + length);
    const whole = new Uint8Array(length);
    whole.set(this.bytes.subarray(at));
    whole.set(this.bytes.subarray(0, length - first), first);
    return whole;
  }
}
