import type { Counters } from '../module.js';

/** More than all modules together declare; a thread that needs more fails at start. */
const CAPACITY = 4096;

export type CounterKind = 'sum' | 'max';

/** The counters of one thread: values in shared memory, names sent to the manager once at start. */
export class ThreadCounters implements Counters {
  readonly values: Float64Array;
  readonly names: string[] = [];
  readonly kinds: CounterKind[] = [];
  private readonly indexes = new Map<string, number>();

  constructor(readonly buffer: SharedArrayBuffer) {
    this.values = new Float64Array(buffer);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(CAPACITY * 8);
  }

  /** @throws Error if a thread declares more counters than there is room for */
  declare(name: string, kind: CounterKind = 'sum'): number {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const index = this.names.length;
    if (index === this.values.length)
      throw new Error(`more than ${CAPACITY} counters in one thread (at ${name})`);
    this.names.push(name);
    this.kinds.push(kind);
    this.indexes.set(name, index);
    return index;
  }
}

/** Counter values of one thread as seen by the manager. */
export interface CounterView {
  readonly names: readonly string[];
  readonly kinds: readonly CounterKind[];
  readonly values: Float64Array;
}

/** Adds up the counters of threads (or takes the highest), by name. */
export function totalCounters(threads: readonly CounterView[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { names, kinds, values } of threads) {
    names.forEach((name, i) => {
      const before = totals.get(name) ?? 0;
      totals.set(name, kinds[i] === 'max' ? Math.max(before, values[i]!) : before + values[i]!);
    });
  }
  return totals;
}
