/** Assembles the bytes of a datagram, from overlapping fragments or not. */
import type { FragmentMemory } from './fragment-memory.js';
import { WINS } from './policy.js';
import type { Tracker } from './tracker.js';

const MAX_DATAGRAM = 0x10000;

export class Assembly {
  // For each byte of the datagram: extents of the fragments that cover it so far. A highest end of 0: none does.
  private readonly lowestStart = new Uint16Array(MAX_DATAGRAM);
  private readonly highestStart = new Uint16Array(MAX_DATAGRAM);
  private readonly highestEnd = new Uint16Array(MAX_DATAGRAM);

  constructor(private readonly memory: FragmentMemory) {}

  /**
   * Where the datagram ends: at its last fragment, or at the end of one that extends beyond it. Data that begins after
   * the last fragment does not belong to it.
   */
  endOf(tracker: Tracker): number {
    let { end } = tracker;
    if (!tracker.overlaps) return end;
    for (let f = tracker.fragments; f; f = f.next) if (f.start < tracker.end && f.end > end) end = f.end;
    return end;
  }

  /** Writes the first `length` bytes of the datagram to `out` at `offset`. Time is linear in the bytes received. */
  write(tracker: Tracker, out: Uint8Array, offset: number, length: number): void {
    if (tracker.overlaps) this.highestEnd.fill(0, 0, length);
    for (let f = tracker.fragments; f; f = f.next) {
      const end = Math.min(f.end, length);
      if (f.start >= end) continue;
      const data = this.memory.view(f.block, end - f.start);
      if (tracker.overlaps) this.overlay(tracker, data, f.start, f.end, out, offset);
      else out.set(data, offset + f.start);
    }
  }

  private overlay(
    tracker: Tracker,
    data: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    offset: number,
  ): void {
    const wins = WINS[tracker.policy];
    const { lowestStart, highestStart, highestEnd } = this;
    for (let i = 0; i < data.length; i++) {
      const at = start + i;
      const covered = highestEnd[at]!;
      if (covered === 0) {
        out[offset + at] = data[i]!;
        lowestStart[at] = start;
        highestStart[at] = start;
        highestEnd[at] = end;
        continue;
      }
      if (wins(start, end, lowestStart[at]!, highestStart[at]!, covered)) out[offset + at] = data[i]!;
      if (start < lowestStart[at]!) lowestStart[at] = start;
      if (start > highestStart[at]!) highestStart[at] = start;
      if (end > covered) highestEnd[at] = end;
    }
  }
}
