/** Detects hanging threads: a thread's loop counts its iterations. */
import { type Control, RUNNING } from '../thread/control.js';

export class Watchdog {
  /** Iterations of each thread as last seen, and when they changed. */
  private readonly seen = new Map<number, { turns: number; at: number }>();

  /** @param limit milliseconds without an iteration; 0: unlimited */
  constructor(
    private readonly control: Control,
    readonly limit: number,
  ) {}

  /** @param now milliseconds  @returns whether this thread has made no progress for too long */
  hangs(thread: number, now: number): boolean {
    if (this.limit === 0) return false;
    const turns = this.control.iterations(thread);
    const before = this.seen.get(thread);
    if (before?.turns === turns && this.control.state(thread) === RUNNING)
      return now - before.at > this.limit;
    this.seen.set(thread, { turns, at: now });
    return false;
  }
}
