/**
 * How threads sleep and wake each other: one word a thread. Ringing costs a load as long as nobody sleeps; only a
 * sleeper costs the ringer a system call (7 µs measured).
 */
const AWAKE = 0;
const ASLEEP = 1;

/** Loop turns without work before a thread goes to sleep: short, since threads may share cores. */
const PATIENCE = 200;

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
  busy(): void {
    this.idle = 0;
  }

  /**
   * The owner found nothing to do: spins a little, then sleeps until someone rings.
   * @param nothingNew looked at once more after the word says ASLEEP, so that no ring is missed
   * @param milliseconds the longest sleep
   */
  rest(nothingNew: () => boolean, milliseconds: number): void {
    if (++this.idle < PATIENCE) return;
    Atomics.store(this.word, 0, ASLEEP);
    if (nothingNew()) Atomics.wait(this.word, 0, ASLEEP, milliseconds);
    Atomics.store(this.word, 0, AWAKE);
  }
}
