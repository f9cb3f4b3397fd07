/** Decides which data of a direction is delivered now, and releases it afterwards. */
import type { Batch } from '../../../engine/batch.js';
import type { Memory } from '../../../engine/memory.js';
import {
  STREAM_REASSEMBLY_DEPTH_REACHED,
  STREAM_REASSEMBLY_SEQ_GAP,
} from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import type { ReassemblyCounters } from './counters.js';
import type { Delivery } from './delivery.js';
import * as Direction from './direction.js';
import { absorbWaiting, bufferOffset, firstWaiting, pieceOffset, releaseEmptyBuffer } from './in-order.js';
import { isHole, isWide } from './overlap.js';
import * as Piece from './piece.js';
import type { Store } from './store.js';

/** What makes data available: the current packet, and the direction of the data. */
export class Occasion {
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

export class Outlet {
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
  handOn(r: number, limit: number, occasion: Occasion): void {
    const { store } = this;
    const { rows } = store;
    absorbWaiting(store, r);
    while ((rows[r + Direction.FLAGS]! & Direction.DEPTH_REACHED) === 0) {
      const delivered = rows[r + Direction.DELIVERED]!;
      const inOrder = rows[r + Direction.IN_ORDER]!;
      const inline = (rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0;
      const to = inline || ((inOrder - limit) | 0) < 0 ? inOrder : limit;
      if (((to - delivered) | 0) > 0) {
        if (!this.give(r, to, bufferOffset(store, r, delivered), occasion, 0)) return;
      }
      if (rows[r + Direction.DELIVERED] !== inOrder) return;
      const waiting = firstWaiting(store, r);
      if (waiting === 0) return;
      const start = store.pieces.nodes[waiting * Piece.INTS + Piece.START]!;
      if (((limit - start) | 0) <= 0) return;
      if (((start - inOrder) | 0) > 0) this.passOverHole(r, start, occasion);
      else if (!this.giveWaiting(r, waiting, limit, occasion)) return;
    }
  }

  /**
   * Delivers the bytes from DELIVERED up to position `to`, which are at `offset`.
   * @returns false when no packet was free to carry them: they are kept
   */
  give(r: number, to: number, offset: number, occasion: Occasion, flags: number): boolean {
    const carrier = this.delivery.carrier(occasion.batch, occasion.slot, occasion.ownRow);
    if (carrier < 0) return false;
    this.giveBy(carrier, r, to, offset, occasion, flags);
    return true;
  }

  /** The same, with a carrier that was already found. */
  private giveBy(
    carrier: number,
    r: number,
    to: number,
    offset: number,
    occasion: Occasion,
    flags: number,
  ): void {
    const { rows } = this.store;
    const from = rows[r + Direction.DELIVERED]!;
    if (occasion.toServer) flags |= Packet.STREAM_TO_SERVER;
    const started = (rows[r + Direction.FLAGS]! & Direction.STARTED) !== 0;
    // Parsers get the first data even if it goes beyond the depth: else they would see nothing of a large answer.
    const left = started && (rows[r + Direction.FLAGS]! & Direction.DEPTH_SEEN) !== 0;
    if (occasion.beyond || left) flags |= Packet.STREAM_BEYOND;
    if (!started) flags |= Packet.STREAM_START;
    rows[r + Direction.FLAGS]! |= Direction.STARTED;
    this.delivery.write(carrier, offset, (to - from) | 0, from, flags, rows[r + Direction.GAP]!);
    rows[r + Direction.GAP] = 0;
    rows[r + Direction.DELIVERED] = to;
    this.forget(r, to);
    this.checkDepth(r, to, occasion.slot);
  }

  /** Frees everything a direction holds. Delivered data stays readable until the batch is done. */
  dispose(r: number): void {
    const { rows, pieces, memory } = this.store;
    const { nodes } = pieces;
    for (let node = rows[r + Direction.HEAD]!; node !== 0; node = nodes[node * Piece.INTS + Piece.NEXT]!) {
      const block = nodes[node * Piece.INTS + Piece.BLOCK]!;
      if (block >= 0) memory.free(block);
    }
    pieces.clear(r);
    if (rows[r + Direction.BUFFER] !== 0) memory.release(rows[r + Direction.BUFFER]! - 1);
    rows[r + Direction.BUFFER] = 0;
    rows[r + Direction.KEPT_FROM] = rows[r + Direction.IN_ORDER]!;
    rows[r + Direction.WAITING_PIECES] = 0;
    rows[r + Direction.WAITING_BYTES] = 0;
    rows[r + Direction.HOLES] = 0;
    rows[r + Direction.WIDE_HOLES] = 0;
  }

  /** Releases delivered data; inline, data is released only by the receiver's ACK. */
  private forget(r: number, to: number): void {
    const { rows } = this.store;
    if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) === 0) this.dropPieces(r, to);
    if ((rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0) return;
    rows[r + Direction.KEPT_FROM] = to;
    releaseEmptyBuffer(this.store, r);
  }

  private dropPieces(r: number, to: number): void {
    const { rows, pieces } = this.store;
    const { nodes } = pieces;
    const tail = rows[r + Direction.TAIL]!;
    if (tail === 0) return;
    if (((nodes[tail * Piece.INTS + Piece.END]! - to) | 0) <= 0) {
      pieces.clear(r);
      return;
    }
    let node = rows[r + Direction.HEAD]!;
    while (((nodes[node * Piece.INTS + Piece.END]! - to) | 0) <= 0) node = pieces.remove(r, node);
    const n = node * Piece.INTS;
    if (((nodes[n + Piece.START]! - to) | 0) < 0) nodes[n + Piece.START] = to;
  }

  private passOverHole(r: number, to: number, occasion: Occasion): void {
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
    if (!occasion.ending) this.noteGap(occasion);
    // After a reset nobody reads data that follows a partly acknowledged gap.
    else if ((((occasion.reset ? to - 1 : from) - rows[r + Direction.ACKED]!) | 0) >= 0)
      occasion.beyond = true;
    absorbWaiting(this.store, r);
  }

  private noteGap(occasion: Occasion): void {
    this.counters.gap();
    Packet.setEvent(this.memory.row, occasion.slot * Packet.INTS, STREAM_REASSEMBLY_SEQ_GAP);
  }

  /**
   * Without memory to move it to the buffer, a waiting piece is delivered from its own block: the part of it after the
   * contiguous data, all of which was delivered.
   * @returns false when it stays
   */
  private giveWaiting(r: number, node: number, limit: number, occasion: Occasion): boolean {
    const { rows, pieces, memory } = this.store;
    const from = rows[r + Direction.IN_ORDER]!;
    const start = pieces.nodes[node * Piece.INTS + Piece.START]!;
    const end = pieces.nodes[node * Piece.INTS + Piece.END]!;
    if (((end - from) | 0) <= 0) {
      memory.free(this.takeOut(r, node));
      return true;
    }
    if (((limit - end) | 0) < 0) return false;
    // Before the piece is removed: its bytes exist nowhere else.
    const carrier = this.delivery.carrier(occasion.batch, occasion.slot, occasion.ownRow);
    if (carrier < 0) return false;
    const offset = pieceOffset(this.store, node) + ((from - start) | 0);
    const block = this.takeOut(r, node);
    rows[r + Direction.IN_ORDER] = end;
    rows[r + Direction.KEPT_FROM] = end;
    this.giveBy(carrier, r, end, offset, occasion, 0);
    memory.release(block);
    return true;
  }

  /** Removes a waiting piece. @returns its block, whose reference passes to the caller */
  private takeOut(r: number, node: number): number {
    const { rows, pieces } = this.store;
    const n = node * Piece.INTS;
    const block = pieces.nodes[n + Piece.BLOCK]!;
    rows[r + Direction.WAITING_PIECES]!--;
    rows[r + Direction.WAITING_BYTES]! -= (pieces.nodes[n + Piece.END]! - pieces.nodes[n + Piece.START]!) | 0;
    pieces.remove(r, node);
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
