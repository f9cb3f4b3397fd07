/** What all threads that have datasets agree upon, in shared memory. */
import { lock, unlock } from '../../engine/memory/shared-lock.js';

const LOCK = 0;
/** How often any set was cleared, and how often sets were to be saved. */
const CLEARED = 1;
const DUMPS = 2;
const INTS = 3;

/** Milliseconds that another thread is waited for at most: it may have been ended while it was at work. */
const PATIENCE = 10_000;

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
    const held = lock(this.ints, LOCK, PATIENCE);
    try {
      work();
    } finally {
      unlock(this.ints, LOCK, held);
    }
  }
}
