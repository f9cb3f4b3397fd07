/**
 * Delivers stream data: in the row of the packet that made it available or, if that row is in use, in a pseudo
 * packet that follows it.
 */
import type { Batch } from '../../../engine/batch.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';

/** Part of the pool reserved for other modules: one stream full of gaps must not take all packets. */
const RESERVED_SHARE = 8;

export class Delivery {
  /** Slot that carried the last data or end of stream in this batch, -1 when there is none. */
  last = -1;
  private readonly row: Int32Array;
  private readonly reserved: number;

  constructor(private readonly thread: Thread) {
    this.row = thread.memory.row;
    this.reserved = Math.floor(thread.pool.range.slots / RESERVED_SHARE);
  }

  /**
   * Finds a packet that can carry stream fields: `slot` itself when its fields are free and `own` allows it.
   * @returns a slot, -1 when the pool has none left
   */
  carrier(batch: Batch, slot: number, own: boolean): number {
    const p = slot * Packet.INTS;
    if (own && !Packet.carriesStream(this.row, p)) return slot;
    while (this.thread.pool.available <= this.reserved) if (!this.thread.waitForReturns?.()) return -1;
    const pseudo = this.thread.pool.take();
    if (pseudo < 0) return -1;
    const q = pseudo * Packet.INTS;
    this.row[q + Packet.PSEUDO] = Packet.PSEUDO_STREAM;
    Packet.copyOrigin(this.row, p, q);
    Packet.copyFlowCounts(this.row, p, q);
    batch.keep(pseudo);
    return pseudo;
  }

  /** Writes the stream fields of a carrier. */
  write(carrier: number, offset: number, length: number, position: number, flags: number, gap: number): void {
    const p = carrier * Packet.INTS;
    this.row[p + Packet.STREAM_DATA] = offset;
    this.row[p + Packet.STREAM_LENGTH] = length;
    this.row[p + Packet.STREAM_OFFSET] = position;
    this.row[p + Packet.STREAM_FLAGS] = flags;
    this.row[p + Packet.STREAM_GAP] = gap;
    this.last = carrier;
  }

  /** Adds flags to the last delivery. */
  addFlags(flags: number): void {
    this.row[this.last * Packet.INTS + Packet.STREAM_FLAGS]! |= flags;
  }

  /** Whether the last delivery was data of this direction, in the packet in `slot` or the one after it. */
  carriedLast(slot: number, toServer: boolean): boolean {
    const { row, last } = this;
    if (last < 0) return false;
    const p = slot * Packet.INTS;
    const q = last * Packet.INTS;
    const flags = row[q + Packet.STREAM_FLAGS]!;
    return (
      row[q + Packet.FLOW] === row[p + Packet.FLOW] &&
      row[q + Packet.NUMBER] === row[p + Packet.NUMBER] &&
      row[q + Packet.SOURCE] === row[p + Packet.SOURCE] &&
      ((flags & Packet.STREAM_TO_SERVER) !== 0) === toServer
    );
  }
}
