/** Shared words by which the manager and the threads signal each other without messages. */
const WORDS = 64;
const COMMAND = 0;
const GENERATION = 1;
/** Per thread, after the common words. */
const PER_THREAD = 16;
const STATE = 0;
const RELOADED = 1;
const ITERATIONS = 2;
const READ = 3;

/** The engine runs; finish pending packets and end; end immediately. */
export const RUN = 0;
export const STOP = 1;
export const ABORT = 2;

export const STARTING = 0;
export const RUNNING = 1;
export const ENDED = 2;
export const FAILED = 3;

export class Control {
  private readonly words: Int32Array;

  constructor(readonly buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  static allocate(threads: number): SharedArrayBuffer {
    return new SharedArrayBuffer((WORDS + threads * PER_THREAD) * 4);
  }

  get command(): number {
    return Atomics.load(this.words, COMMAND);
  }

  set command(value: number) {
    Atomics.store(this.words, COMMAND, value);
  }

  /** Counts reloads: a thread that sees a new number fetches the new shared objects from its port. */
  get generation(): number {
    return Atomics.load(this.words, GENERATION);
  }

  nextGeneration(): number {
    return Atomics.add(this.words, GENERATION, 1) + 1;
  }

  state(thread: number): number {
    return Atomics.load(this.words, this.word(thread, STATE));
  }

  setState(thread: number, state: number): void {
    Atomics.store(this.words, this.word(thread, STATE), state);
  }

  /** Sets the generation that the thread uses. */
  reloaded(thread: number): number {
    return Atomics.load(this.words, this.word(thread, RELOADED));
  }

  setReloaded(thread: number, generation: number): void {
    Atomics.store(this.words, this.word(thread, RELOADED), generation);
  }

  /** Counts iterations of the thread's loop, so that a watchdog detects a hanging thread. */
  countIteration(thread: number): void {
    this.words[this.word(thread, ITERATIONS)]!++;
  }

  iterations(thread: number): number {
    return Atomics.load(this.words, this.word(thread, ITERATIONS));
  }

  /** How many packets the thread has read, modulo 2^32; see `pace.ts`. */
  read(thread: number): number {
    return Atomics.load(this.words, this.word(thread, READ));
  }

  setRead(thread: number, packets: number): void {
    Atomics.store(this.words, this.word(thread, READ), packets);
  }

  private word(thread: number, field: number): number {
    return WORDS + thread * PER_THREAD + field;
  }
}
