/**
 * Both versions of data that was sent twice with different bytes, for the records that report it: for the most recent
 * packets only, and at most a few bytes of each, from the first byte that differs.
 */

import type { OverlapVersions } from '../../../engine/stream/stream-control.js';

/** Number of packets remembered. */
const ENTRIES = 64;
/** Bytes kept of each version. */
const VERSION_BYTES = 64;

export class OverlapLog {
  /** The current packet. */
  slot = -1;
  private readonly slots = new Int32Array(ENTRIES).fill(-1);
  private readonly positions = new Int32Array(ENTRIES);
  private readonly lengths = new Int32Array(ENTRIES);
  private readonly before = new Uint8Array(ENTRIES * VERSION_BYTES);
  private readonly brought = new Uint8Array(ENTRIES * VERSION_BYTES);
  private next = 0;

  /** Notes `length` bytes at offsets `stored` and `source`, for the current packet. */
  note(bytes: Uint8Array, stored: number, source: number, length: number, position: number): void {
    const entry = this.next;
    this.next = (entry + 1) % ENTRIES;
    const kept = Math.min(length, VERSION_BYTES);
    for (let i = 0; i < kept; i++) {
      this.before[entry * VERSION_BYTES + i] = bytes[stored + i]!;
      this.brought[entry * VERSION_BYTES + i] = bytes[source + i]!;
    }
    this.slots[entry] = this.slot;
    this.positions[entry] = position;
    this.lengths[entry] = kept;
  }

  /** The differing data of the packet of this batch in `slot`, undefined when none is known. */
  find(slot: number): OverlapVersions | undefined {
    const entry = this.slots.indexOf(slot);
    if (entry < 0) return undefined;
    const from = entry * VERSION_BYTES;
    const to = from + this.lengths[entry]!;
    return {
      position: this.positions[entry]! >>> 0,
      existing: this.before.slice(from, to),
      received: this.brought.slice(from, to),
    };
  }

  /** Clears all entries before their slots are reused for other packets. */
  forget(): void {
    if (this.slot < 0) return;
    this.slots.fill(-1);
    this.slot = -1;
  }
}
