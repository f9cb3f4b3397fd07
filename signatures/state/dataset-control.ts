/** What all threads that have datasets agree upon, in shared memory. */

const LOCK = 0;
/** How often any set was cleared, and how often sets were to be saved. */
const CLEARED = 1;
const DUMPS = 2;
const INTS = 3;

/** Longest that another thread is waited for: it may have been ended while it was at work. */
const PATIENCE_MS = 10_000;

export class DatasetControl {
  private readonly ints: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(INTS * 4);
  }

  constructor(buffer: SharedArrayBuffer = DatasetControl.allocate()) {
    this.ints = new Int32Array(buffer);
  }

  /** Some set was cleared: what is known of values may be out of date. */
  get cleared(): number {
    return this.ints[CLEARED]!;
  }

  /** Goes up when all threads are to save their sets. */
  get dumps(): number {
    return this.ints[DUMPS]!;
  }

  noteCleared(): void {
    Atomics.add(this.ints, CLEARED, 1);
  }

  askForDump(): void {
    Atomics.add(this.ints, DUMPS, 1);
  }

  /** One thread after the other: files are read, changed and written. */
  alone(work: () => void): void {
    while (Atomics.compareExchange(this.ints, LOCK, 0, 1) !== 0)
      if (Atomics.wait(this.ints, LOCK, 1, PATIENCE_MS) === 'timed-out') break;
    try {
      work();
    } finally {
      Atomics.store(this.ints, LOCK, 0);
      Atomics.notify(this.ints, LOCK, 1);
    }
  }
}
