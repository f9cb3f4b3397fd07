/** Reassembly depth of streams: data beyond it is cut off and not inspected. */
import type { Batch } from '../../../engine/batch.js';
import type { Thread } from '../../../engine/module.js';
import * as Direction from './direction.js';
import { RemoteDepth } from './remote-depth.js';

export class Depth {
  private readonly remote: RemoteDepth | undefined;

  constructor(
    thread: Thread,
    private readonly rows: Int32Array,
  ) {
    this.remote = RemoteDepth.of(thread);
  }

  /** @param bytes 0: no limit */
  set(flow: number, bytes: number): void {
    const depth = Math.min(bytes, 2 ** 32 - 1);
    this.rows[Direction.rowOf(flow, false) + Direction.DEPTH] = depth;
    this.rows[Direction.rowOf(flow, true) + Direction.DEPTH] = depth;
  }

  /** Before data up to position `end` is cut off, asks the readers in other threads whether they want it. */
  requestMore(batch: Batch, flow: number, r: number, end: number): void {
    const { rows } = this;
    if (!this.remote || this.beyond(r, end) <= 0) return;
    // A flow whose readers were asked once without an answer is not extended.
    if ((rows[r + Direction.FLAGS]! & Direction.DEPTH_SEEN) !== 0) return;
    const toServer = rows[Direction.rowOf(flow, true) + Direction.DELIVERED]!;
    const toClient = rows[Direction.rowOf(flow, false) + Direction.DELIVERED]!;
    const requested = this.remote.requestedDepth(batch, flow, toServer, toClient);
    if (requested !== undefined) this.set(flow, requested);
  }

  /** Where data of positions [start, end) ends after what lies beyond the depth is cut off. */
  cut(r: number, start: number, end: number): number {
    const { rows } = this;
    const over = this.beyond(r, end);
    if (over <= 0) return end;
    // Data that is waiting for its ACK is now left to signatures.
    const follows = ((start - rows[r + Direction.IN_ORDER]!) | 0) <= 0;
    const inline = (rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0;
    if (follows && !inline) rows[r + Direction.FLAGS]! |= Direction.DEPTH_SEEN;
    return (end - over) | 0;
  }

  /** Whether data up to position `end` lies beyond the depth. */
  isBeyond(r: number, end: number): boolean {
    return this.beyond(r, end) > 0;
  }

  /** How many bytes of data up to position `end` lie beyond the depth; 0 or less when none do. */
  private beyond(r: number, end: number): number {
    const { rows } = this;
    const depth = rows[r + Direction.DEPTH]! >>> 0;
    if (depth === 0) return 0;
    const delivered = rows[r + Direction.DELIVERED]!;
    return (delivered >>> 0) + ((end - delivered) | 0) - depth;
  }
}
