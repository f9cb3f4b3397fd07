/**
 * Objects derived from the current rules, and for a while from the previous ones: events come from threads that loaded
 * rules slightly earlier or later than the thread that logs them.
 */

type Shared = Readonly<Record<string, unknown>>;

/** Name in `thread.shared`: number of rule reloads. Stored in events as EVENT_GENERATION. */
export const GENERATION = 'load';

export function generationOf(shared: Shared): number {
  return (shared[GENERATION] as number | undefined) ?? 0;
}

/** Maximum time events are in transit. Data derived from large rule sets is not kept for longer. */
const RETENTION_MS = 10_000;

export class ByGeneration<T> {
  private current: T;
  private generation: number;
  private previous: T | undefined;
  private previousGeneration = -1;
  private previousUntil = 0;

  constructor(
    private readonly make: (shared: Shared) => T,
    shared: Shared,
  ) {
    this.current = make(shared);
    this.generation = generationOf(shared);
  }

  /** Rules were reloaded. */
  reload(shared: Shared): void {
    this.previous = this.current;
    this.previousGeneration = this.generation;
    this.previousUntil = performance.now() + RETENTION_MS;
    this.current = this.make(shared);
    this.generation = generationOf(shared);
  }

  /** @param generation EVENT_GENERATION of an event */
  get(generation: number): T {
    if (this.previous === undefined) return this.current;
    if (generation === this.previousGeneration) return this.previous;
    if (performance.now() > this.previousUntil) this.previous = undefined;
    return this.current;
  }
}
