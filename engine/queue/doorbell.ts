/**
 * How threads sleep and wake each other: one word per thread. Ringing costs one load if the thread is awake; only a
 * sleeping thread costs a system call (7 µs measured).
 */
const AWAKE = 0;
const ASLEEP = 1;

/** Loop iterations without work before a thread sleeps: short, since threads may share cores. */
const SPIN_LIMIT = 200;

export class Doorbell {
  private readonly word: Int32Array;
  private idle = 0;

  constructor(buffer: SharedArrayBuffer, thread: number) {
    // A cache line each.
    this.word = new Int32Array(buffer, thread * 64, 1);
  }

  static allocate(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer(threads * 64);
  }

  /** Wakes the thread if it sleeps. Call after publishing what it waits for. */
  ring(): void {
    if (
      Atomics.load(this.word, 0) === ASLEEP &&
      Atomics.compareExchange(this.word, 0, ASLEEP, AWAKE) === ASLEEP
    ) {
      Atomics.notify(this.word, 0);
    }
  }

  /** The owner found work. */
  resetIdle(): void {
    this.idle = 0;
  }

  /**
   * The owner found no work: spins briefly, then sleeps until rung.
   * @param isIdle checked once more after the word is set to ASLEEP, so that no ring is missed
   * @param milliseconds the longest sleep
   */
  sleep(isIdle: () => boolean, milliseconds: number): void {
    if (++this.idle < SPIN_LIMIT) return;
    Atomics.store(this.word, 0, ASLEEP);
    if (isIdle()) Atomics.wait(this.word, 0, ASLEEP, milliseconds);
    Atomics.store(this.word, 0, AWAKE);
  }
}
