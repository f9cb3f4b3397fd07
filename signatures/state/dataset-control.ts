/** Coordination of all threads with datasets, in shared memory. */
import { lock, unlock } from '../../engine/memory/shared-lock.js';

const LOCK = 0;
/** Number of times any set was cleared, and of requests to save the sets. */
const CLEARED = 1;
const DUMPS = 2;
const INTS = 3;

/** Maximum wait for another thread in milliseconds: it may have been terminated during its work. */
const LOCK_TIMEOUT_MS = 10_000;

export class DatasetControl {
  private readonly ints: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(INTS * 4);
  }

  constructor(buffer: SharedArrayBuffer = DatasetControl.allocate()) {
    this.ints = new Int32Array(buffer);
  }

  /** Changes when any set is cleared: cached knowledge about values may be out of date. */
  get cleared(): number {
    return this.ints[CLEARED]!;
  }

  /** Incremented to request that all threads save their sets. */
  get dumps(): number {
    return this.ints[DUMPS]!;
  }

  countCleared(): void {
    Atomics.add(this.ints, CLEARED, 1);
  }

  requestDump(): void {
    Atomics.add(this.ints, DUMPS, 1);
  }

  /** Runs `work` in one thread at a time: files are read, changed and written. */
  exclusively(work: () => void): void {
    const held = lock(this.ints, LOCK, LOCK_TIMEOUT_MS);
    try {
      work();
    } finally {
      unlock(this.ints, LOCK, held);
    }
  }
}
