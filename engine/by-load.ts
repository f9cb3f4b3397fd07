/**
 * Objects derived from the current rules, and for a while from the previous ones: events come from threads that loaded
 * rules slightly earlier or later than the thread that logs them.
 */

type Shared = Readonly<Record<string, unknown>>;

/** Name in `thread.shared`: number of rule reloads. Stored in events as EVENT_LOAD. */
export const LOAD = 'load';

export function loadOf(shared: Shared): number {
  return (shared[LOAD] as number | undefined) ?? 0;
}

/** Maximum time events are in transit. Data derived from large rule sets is not kept for longer. */
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

  /** Rules were reloaded. */
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
