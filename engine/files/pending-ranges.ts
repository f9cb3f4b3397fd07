/**
 * Ranges of a file waiting for the bytes before them: the first one is found in constant time. Their starts form a
 * binary heap: no start is less than the one at half its index.
 */
import { GrowingBytes } from '../application/growing-bytes.js';
import { HiddenMap } from '../memory/hidden-map.js';

/** Approximate memory overhead of a range: its buffer object and its entries here. */
export const RANGE_OVERHEAD = 256;

export class PendingRanges {
  private readonly byStart = new HiddenMap<number, GrowingBytes>();
  private readonly starts: number[] = [];

  /** Lowest start; infinite if none waits. */
  get first(): number {
    return this.starts[0] ?? Number.POSITIVE_INFINITY;
  }

  at(start: number): GrowingBytes | undefined {
    return this.byStart.get(start);
  }

  /** Adds a range with a new start. */
  add(start: number): GrowingBytes {
    const bytes = new GrowingBytes();
    this.byStart.set(start, bytes);
    const { starts } = this;
    let at = starts.push(start) - 1;
    for (let above = (at - 1) >> 1; at > 0 && starts[above]! > start; above = (at - 1) >> 1) {
      starts[at] = starts[above]!;
      at = above;
    }
    starts[at] = start;
    return bytes;
  }

  /** Takes the range that begins first: at least one must exist. */
  takeFirst(): GrowingBytes {
    const { starts } = this;
    const bytes = this.byStart.take(starts[0]!)!;
    const last = starts.pop()!;
    if (starts.length > 0) this.siftDown(last);
    return bytes;
  }

  /** Puts `start` at the top, and sifts it down. */
  private siftDown(start: number): void {
    const { starts } = this;
    let at = 0;
    for (let below = 1; below < starts.length; below = 2 * at + 1) {
      if (below + 1 < starts.length && starts[below + 1]! < starts[below]!) below++;
      if (starts[below]! >= start) break;
      starts[at] = starts[below]!;
      at = below;
    }
    starts[at] = start;
  }

  clear(): void {
    this.byStart.clear();
    this.starts.length = 0;
  }

  /** Memory of all ranges. */
  get cost(): number {
    let cost = this.byStart.size * RANGE_OVERHEAD;
    for (const bytes of this.byStart.values()) cost += bytes.length;
    return cost;
  }
}
