/** Decides which data of a direction is delivered now, and releases it afterwards. */
import type { Batch } from '../../../engine/batch.js';
import type { Memory } from '../../../engine/memory.js';
import {
  STREAM_REASSEMBLY_DEPTH_REACHED,
  STREAM_REASSEMBLY_SEQ_GAP,
} from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as Chunk from './chunk.js';
import type { ReassemblyCounters } from './counters.js';
import type { Delivery } from './delivery.js';
import * as Direction from './direction.js';
import { absorbWaiting, bufferOffset, chunkOffset, firstWaiting, releaseEmptyBuffer } from './in-order.js';
import { isHole, isWide } from './overlap.js';
import type { Store } from './store.js';

/** What makes data available: the current packet, and the direction of the data. */
export class DeliveryContext {
  batch!: Batch;
  slot = 0;
  toServer = false;
  /** The packet's own row may carry the data. */
  ownRow = true;
  /** The stream ends: missing data is not reported as acknowledged data that was lost. */
  ending = false;
  /** It ends by a reset. */
  reset = false;
  /** A gap was skipped that the receiver has not acknowledged completely. */
  beyond = false;
}

export class DirectionOutput {
  constructor(
    private readonly store: Store,
    private readonly memory: Memory,
    private readonly delivery: Delivery,
    private readonly counters: ReassemblyCounters,
  ) {}

  /**
   * Delivers all contiguous data below `limit`; gaps below it are final and are skipped.
   * Inline, contiguous data is delivered regardless of the limit.
   */
  deliverBelow(r: number, limit: number, context: DeliveryContext): void {
    const { store } = this;
    const { rows } = store;
    absorbWaiting(store, r);
    while ((rows[r + Direction.FLAGS]! & Direction.DEPTH_REACHED) === 0) {
      const delivered = rows[r + Direction.DELIVERED]!;
      const inOrder = rows[r + Direction.IN_ORDER]!;
      const inline = (rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0;
      const to = inline || ((inOrder - limit) | 0) < 0 ? inOrder : limit;
      if (((to - delivered) | 0) > 0) {
        if (!this.deliverTo(r, to, bufferOffset(store, r, delivered), context, 0)) return;
      }
      if (rows[r + Direction.DELIVERED] !== inOrder) return;
      const waiting = firstWaiting(store, r);
      if (waiting === 0) return;
      const start = store.chunks.nodes[waiting * Chunk.INTS + Chunk.START]!;
      if (((limit - start) | 0) <= 0) return;
      if (((start - inOrder) | 0) > 0) this.skipGap(r, start, context);
      else if (!this.deliverWaiting(r, waiting, limit, context)) return;
    }
  }

  /**
   * Delivers the bytes from DELIVERED up to position `to`, which are at `offset`.
   * @returns false when no packet was free to carry them: they are kept
   */
  deliverTo(r: number, to: number, offset: number, context: DeliveryContext, flags: number): boolean {
    const carrier = this.delivery.carrier(context.batch, context.slot, context.ownRow);
    if (carrier < 0) return false;
    this.deliverWith(carrier, r, to, offset, context, flags);
    return true;
  }

  /** The same, with a carrier that was already found. */
  private deliverWith(
    carrier: number,
    r: number,
    to: number,
    offset: number,
    context: DeliveryContext,
    flags: number,
  ): void {
    const { rows } = this.store;
    const from = rows[r + Direction.DELIVERED]!;
    if (context.toServer) flags |= Packet.STREAM_TO_SERVER;
    const started = (rows[r + Direction.FLAGS]! & Direction.STARTED) !== 0;
    // Parsers get the first data even if it goes beyond the depth: else they would see nothing of a large answer.
    const left = started && (rows[r + Direction.FLAGS]! & Direction.DEPTH_SEEN) !== 0;
    if (context.beyond || left) flags |= Packet.STREAM_BEYOND;
    if (!started) flags |= Packet.STREAM_START;
    rows[r + Direction.FLAGS]! |= Direction.STARTED;
    this.delivery.write(carrier, offset, (to - from) | 0, from, flags, rows[r + Direction.GAP]!);
    rows[r + Direction.GAP] = 0;
    rows[r + Direction.DELIVERED] = to;
    this.releaseDelivered(r, to);
    this.checkDepth(r, to, context.slot);
  }

  /** Frees everything a direction holds. Delivered data stays readable until the batch is done. */
  dispose(r: number): void {
    const { rows, chunks, memory } = this.store;
    const { nodes } = chunks;
    for (let node = rows[r + Direction.HEAD]!; node !== 0; node = nodes[node * Chunk.INTS + Chunk.NEXT]!) {
      const block = nodes[node * Chunk.INTS + Chunk.BLOCK]!;
      if (block >= 0) memory.free(block);
    }
    chunks.clear(r);
    if (rows[r + Direction.BUFFER] !== 0) memory.release(rows[r + Direction.BUFFER]! - 1);
    rows[r + Direction.BUFFER] = 0;
    rows[r + Direction.KEPT_FROM] = rows[r + Direction.IN_ORDER]!;
    rows[r + Direction.WAITING_CHUNKS] = 0;
    rows[r + Direction.WAITING_BYTES] = 0;
    rows[r + Direction.HOLES] = 0;
    rows[r + Direction.WIDE_HOLES] = 0;
  }

  /** Releases delivered data; inline, data is released only by the receiver's ACK. */
  private releaseDelivered(r: number, to: number): void {
    const { rows } = this.store;
    if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) === 0) this.dropChunks(r, to);
    if ((rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0) return;
    rows[r + Direction.KEPT_FROM] = to;
    releaseEmptyBuffer(this.store, r);
  }

  private dropChunks(r: number, to: number): void {
    const { rows, chunks } = this.store;
    const { nodes } = chunks;
    const tail = rows[r + Direction.TAIL]!;
    if (tail === 0) return;
    if (((nodes[tail * Chunk.INTS + Chunk.END]! - to) | 0) <= 0) {
      chunks.clear(r);
      return;
    }
    let node = rows[r + Direction.HEAD]!;
    while (((nodes[node * Chunk.INTS + Chunk.END]! - to) | 0) <= 0) node = chunks.remove(r, node);
    const n = node * Chunk.INTS;
    if (((nodes[n + Chunk.START]! - to) | 0) < 0) nodes[n + Chunk.START] = to;
  }

  private skipGap(r: number, to: number, context: DeliveryContext): void {
    const { rows } = this.store;
    const from = rows[r + Direction.IN_ORDER]!;
    const size = (to - from) | 0;
    rows[r + Direction.GAP]! += size;
    rows[r + Direction.HOLES]! -= isHole(size);
    rows[r + Direction.WIDE_HOLES]! -= isWide(size);
    rows[r + Direction.DELIVERED] = to;
    rows[r + Direction.IN_ORDER] = to;
    if (rows[r + Direction.BUFFER] !== 0) this.store.memory.release(rows[r + Direction.BUFFER]! - 1);
    rows[r + Direction.BUFFER] = 0;
    rows[r + Direction.KEPT_FROM] = to;
    if (!context.ending) this.reportGap(context);
    // After a reset nobody reads data that follows a partly acknowledged gap.
    else if ((((context.reset ? to - 1 : from) - rows[r + Direction.ACKED]!) | 0) >= 0) context.beyond = true;
    absorbWaiting(this.store, r);
  }

  private reportGap(context: DeliveryContext): void {
    this.counters.gap();
    Packet.setEvent(this.memory.row, context.slot * Packet.INTS, STREAM_REASSEMBLY_SEQ_GAP);
  }

  /**
   * Without memory to move it to the buffer, a waiting chunk is delivered from its own block: the part of it after the
   * contiguous data, all of which was delivered.
   * @returns false when it stays
   */
  private deliverWaiting(r: number, node: number, limit: number, context: DeliveryContext): boolean {
    const { rows, chunks, memory } = this.store;
    const from = rows[r + Direction.IN_ORDER]!;
    const start = chunks.nodes[node * Chunk.INTS + Chunk.START]!;
    const end = chunks.nodes[node * Chunk.INTS + Chunk.END]!;
    if (((end - from) | 0) <= 0) {
      memory.free(this.removeWaiting(r, node));
      return true;
    }
    if (((limit - end) | 0) < 0) return false;
    // Before the chunk is removed: its bytes exist nowhere else.
    const carrier = this.delivery.carrier(context.batch, context.slot, context.ownRow);
    if (carrier < 0) return false;
    const offset = chunkOffset(this.store, node) + ((from - start) | 0);
    const block = this.removeWaiting(r, node);
    rows[r + Direction.IN_ORDER] = end;
    rows[r + Direction.KEPT_FROM] = end;
    this.deliverWith(carrier, r, end, offset, context, 0);
    memory.release(block);
    return true;
  }

  /** Removes a waiting chunk. @returns its block, whose reference passes to the caller */
  private removeWaiting(r: number, node: number): number {
    const { rows, chunks } = this.store;
    const n = node * Chunk.INTS;
    const block = chunks.nodes[n + Chunk.BLOCK]!;
    rows[r + Direction.WAITING_CHUNKS]!--;
    rows[r + Direction.WAITING_BYTES]! -= (chunks.nodes[n + Chunk.END]! - chunks.nodes[n + Chunk.START]!) | 0;
    chunks.remove(r, node);
    return block;
  }

  private checkDepth(r: number, to: number, slot: number): void {
    const { rows } = this.store;
    const depth = rows[r + Direction.DEPTH]! >>> 0;
    if (depth === 0 || to >>> 0 < depth) return;
    rows[r + Direction.FLAGS]! |= Direction.DEPTH_REACHED;
    this.delivery.addFlags(Packet.STREAM_DEPTH | Packet.STREAM_END | Packet.STREAM_FLUSH);
    this.counters.depthReached();
    Packet.setEvent(this.memory.row, slot * Packet.INTS, STREAM_REASSEMBLY_DEPTH_REACHED);
    this.dispose(r);
  }
}
