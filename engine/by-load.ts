/**
 * What is made of the rules in force, and for a while of those before: events come from threads that have loaded rules a
 * moment earlier or later than the thread that tells them.
 */

type Shared = Readonly<Record<string, unknown>>;

/** Name in `thread.shared`: how often rules were loaded anew. Events have it as EVENT_LOAD. */
export const LOAD = 'load';

export function loadOf(shared: Shared): number {
  return (shared[LOAD] as number | undefined) ?? 0;
}

/** How long events may be on their way. What is made of large rule sets is not kept for longer. */
const KEPT_MS = 10_000;

export class ByLoad<T> {
  private now: T;
  private load: number;
  private before: T | undefined;
  private loadBefore = -1;
  private until = 0;

  constructor(
    private readonly make: (shared: Shared) => T,
    shared: Shared,
  ) {
    this.now = make(shared);
    this.load = loadOf(shared);
  }

  /** Rules were loaded anew. */
  reload(shared: Shared): void {
    this.before = this.now;
    this.loadBefore = this.load;
    this.until = performance.now() + KEPT_MS;
    this.now = this.make(shared);
    this.load = loadOf(shared);
  }

  /** @param load EVENT_LOAD of an event */
  of(load: number): T {
    if (this.before === undefined) return this.now;
    if (load === this.loadBefore) return this.before;
    if (performance.now() > this.until) this.before = undefined;
    return this.now;
  }
}
