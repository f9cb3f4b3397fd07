/**
 * TCP reassembly as the receiver of the data sees it: overlaps are decided by the policy of its operating system.
 *
 * There are two modes. *In IDS mode*, segments are kept until the receiver has acknowledged them and are delivered
 * with its ACK; data that was acknowledged but never seen is a gap. *Inline*, each packet's data is delivered with the
 * packet, so that the packet can still be dropped; delivered data is kept until it is acknowledged, and a packet that
 * overlaps it with different bytes is rewritten to match it.
 *
 * The module calls `beginBatch` first, then the methods below for each packet, after adding the packet to the batch.
 */
import type { Batch } from '../../../engine/batch.js';
import type { Memory } from '../../../engine/memory.js';
import type { ByteRange, Thread } from '../../../engine/module.js';
import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import { RAW_REASSEMBLY } from '../../../engine/stream/raw-reassembly.js';
import {
  type OverlapVersions,
  STREAM_CONTROL,
  type StreamControl,
} from '../../../engine/stream/stream-control.js';
import * as Chunk from './chunk.js';
import { ChunkTree } from './chunk-tree.js';
import { ReassemblyCounters } from './counters.js';
import { Delivery } from './delivery.js';
import { Depth } from './depth.js';
import * as Direction from './direction.js';
import { DeliveryContext, DirectionOutput } from './direction-output.js';
import { absorbWaiting } from './in-order.js';
import { advanceWithoutCopy, deliverInline, hasUndelivered, releaseAcknowledged } from './inline.js';
import { Limits } from './limits.js';
import * as Options from './options.js';
import { OverlapLog } from './overlap-log.js';
import { OVER_MEMCAP, PLACED, Placement } from './placement.js';
import { FIRST, LINUX_6 } from './policy.js';
import { repairChecksum } from './rewrite.js';
import type { Store } from './store.js';
import { StreamMemory } from './stream-memory.js';

export { REASSEMBLY_OPTIONS } from './options.js';
export { OVER_LIMIT, OVER_MEMCAP, PLACED } from './placement.js';

/** No window is larger (RFC 7323, section 2.3). */
const MAX_DISTANCE = 2 ** 30;

export class Reassembler implements StreamControl {
  private readonly memory: Memory;
  private readonly rows: Int32Array;
  private readonly store: Store;
  private readonly limits: Limits;
  private readonly depth: Depth;
  private readonly simulatedMemcap: number;
  private readonly placement: Placement;
  private readonly delivery: Delivery;
  private readonly output: DirectionOutput;
  private readonly counters: ReassemblyCounters;
  private readonly overlaps = new OverlapLog();
  private readonly context = new DeliveryContext();
  /** Flag of packets whose payload is inspected in the stream. */
  private readonly inStream: number;

  constructor(thread: Thread) {
    const { config } = thread;
    this.memory = thread.memory;
    this.rows = new Int32Array(thread.flows.capacity * 2 * Direction.INTS);
    const memory = streamMemory(thread.streamRange, config.read(Options.MEMCAP), thread.count);
    const chunks = new ChunkTree(this.rows, memory, config.read(Options.SEGMENT_PREALLOC));
    this.store = { rows: this.rows, chunks, memory, bytes: thread.memory.bytes, copy: thread.memory.copy };
    this.limits = new Limits(config);
    this.inStream = config.read(RAW_REASSEMBLY) ? Packet.FLAG_IN_STREAM : 0;
    this.depth = new Depth(thread, this.rows);
    this.simulatedMemcap = config.read(Options.SIMULATED_MEMCAP);
    this.counters = new ReassemblyCounters(thread.counters);
    this.placement = new Placement(
      this.store,
      this.limits,
      config.read(Options.CHECK_OVERLAPS),
      this.overlaps,
    );
    this.delivery = new Delivery(thread);
    this.output = new DirectionOutput(this.store, thread.memory, this.delivery, this.counters);
    thread.services.set(STREAM_CONTROL, this);
  }

  /** Bytes currently held; bytes allocated and freed since the start. */
  get bytesHeld(): number {
    return this.store.memory.used;
  }

  get bytesAllocated(): number {
    return this.store.memory.allocatedTotal;
  }

  get bytesReleased(): number {
    return this.store.memory.releasedTotal;
  }

  /** A new batch begins: memory of data delivered in the previous one may be reused. */
  beginBatch(): void {
    this.store.memory.beginBatch();
    this.delivery.last = -1;
    this.overlaps.forget();
    this.counters.memoryUse(this.store.memory.used);
  }

  /**
   * Starts a direction.
   *
   * @param flow row of the flow table  @param toServer direction of the data
   * @param firstSequence sequence number of the first byte after the SYN
   * @param policy class of the receiver's overlap policy: a constant of `policy.ts`
   * @param inline deliver data with the packet that carries it, before the receiver gets it
   */
  open(flow: number, toServer: boolean, firstSequence: number, policy: number, inline: boolean): void {
    const { rows } = this;
    const r = Direction.rowOf(flow, toServer);
    if ((rows[r + Direction.FLAGS]! & Direction.OPEN) !== 0) this.close(r);
    const settled = inline || policy === FIRST || policy === LINUX_6;
    rows[r + Direction.FLAGS] =
      Direction.OPEN | (inline ? Direction.INLINE : 0) | (settled ? Direction.SETTLED : 0);
    rows[r + Direction.FIRST_SEQUENCE] = firstSequence;
    rows[r + Direction.POLICY] = inline ? FIRST : policy;
    rows[r + Direction.DEPTH] = this.limits.depth;
  }

  setDepth(flow: number, bytes: number): void {
    this.depth.set(flow, bytes);
  }

  /** Whether the depth of this direction is reached, or data before sequence number `end` lies beyond it. */
  goesBeyondDepth(flow: number, toServer: boolean, end: number): boolean {
    const r = Direction.rowOf(flow, toServer);
    const flags = this.rows[r + Direction.FLAGS]!;
    if ((flags & Direction.DEPTH_REACHED) !== 0) return true;
    if ((flags & (Direction.OPEN | Direction.ENDED)) !== Direction.OPEN) return false;
    return this.depth.isBeyond(r, (end - this.rows[r + Direction.FIRST_SEQUENCE]!) | 0);
  }

  /**
   * Whether data of this direction is still reassembled: it was opened, and neither its depth nor its end is reached.
   */
  isActive(flow: number, toServer: boolean): boolean {
    const { OPEN, ENDED, DEPTH_REACHED } = Direction;
    return (
      (this.rows[Direction.rowOf(flow, toServer) + Direction.FLAGS]! & (OPEN | ENDED | DEPTH_REACHED)) ===
      OPEN
    );
  }

  /** Sequence number after the data received without a gap. */
  contiguousEnd(flow: number, toServer: boolean): number {
    const r = Direction.rowOf(flow, toServer);
    return (this.rows[r + Direction.FIRST_SEQUENCE]! + this.rows[r + Direction.IN_ORDER]!) | 0;
  }

  /**
   * Processes the payload of a packet.
   *
   * @param sequence of its first byte  @param offset of that byte in `Memory.bytes`  @param length in bytes, above 0
   * @returns PLACED, or why it was not stored: OVER_MEMCAP or OVER_LIMIT, whose handling a policy may define
   */
  segment(
    batch: Batch,
    slot: number,
    flow: number,
    toServer: boolean,
    sequence: number,
    offset: number,
    length: number,
  ): number {
    const { rows } = this;
    const r = Direction.rowOf(flow, toServer);
    if (!this.isActive(flow, toServer)) return PLACED;
    const start = (sequence - rows[r + Direction.FIRST_SEQUENCE]!) | 0;
    this.depth.requestMore(batch, flow, r, (start + length) | 0);
    const end = this.depth.cut(r, start, (start + length) | 0);
    const p = slot * Packet.INTS;
    const inline = (rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0;
    const repeated = inline && ((end - rows[r + Direction.DELIVERED]!) | 0) <= 0;
    if (repeated) this.memory.row[p + Packet.FLAGS]! |= Packet.FLAG_RETRANSMITTED;
    if (((end - rows[r + Direction.KEPT_FROM]!) | 0) <= 0 || ((end - start) | 0) <= 0) return PLACED;
    if (((start - rows[r + Direction.IN_ORDER]!) | 0) > MAX_DISTANCE) {
      this.counters.insertFail();
      Packet.setEvent(this.memory.row, p, Event.STREAM_REASSEMBLY_INSERT_INVALID);
      return PLACED;
    }
    if (this.simulatedMemcap !== 0 && this.memory.row[p + Packet.NUMBER] === this.simulatedMemcap) {
      this.reportLoss(OVER_MEMCAP, p);
      return OVER_MEMCAP;
    }
    this.overlaps.slot = slot;
    this.placement.survey.parity = this.memory.row[p + Packet.L4]! & 1;
    const outcome = this.placement.place(r, start, end, offset, inline);
    this.reportOverlap(slot);
    if (outcome !== PLACED) this.reportLoss(outcome, p);
    else if (!repeated) this.memory.row[p + Packet.FLAGS]! |= this.inStream;
    if (!inline) return outcome;
    if (outcome === OVER_MEMCAP && !Packet.carriesStream(this.memory.row, p))
      advanceWithoutCopy(this.store, r, start, end);
    if (!hasUndelivered(this.store, r)) {
      if (outcome === PLACED && !repeated) this.noteEarly(r, p, start);
      return outcome;
    }
    this.memory.row[p + Packet.FLAGS]! |= this.inStream;
    deliverInline(
      this.store,
      this.output,
      r,
      start,
      end,
      offset,
      this.contextFor(batch, slot, toServer, true),
    );
    return outcome;
  }

  /**
   * The receiver acknowledged data of direction `toServer` up to sequence number `ack`. Must be called for every valid
   * ACK: in IDS mode, this is when data is delivered.
   */
  acknowledged(batch: Batch, slot: number, flow: number, toServer: boolean, ack: number): void {
    const { rows } = this;
    const r = Direction.rowOf(flow, toServer);
    if (!this.isActive(flow, toServer)) return;
    const position = (ack - rows[r + Direction.FIRST_SEQUENCE]!) | 0;
    if (((position - rows[r + Direction.ACKED]!) | 0) > 0) rows[r + Direction.ACKED] = position;
    const inOrder = rows[r + Direction.IN_ORDER]!;
    const inline = (rows[r + Direction.FLAGS]! & Direction.INLINE) !== 0;
    if (inline) releaseAcknowledged(this.store, r);
    if (rows[r + Direction.DELIVERED] === inOrder && rows[r + Direction.WAITING_CHUNKS] === 0) return;
    // Inline, the packet's row is reserved for its own data.
    this.output.deliverBelow(r, rows[r + Direction.ACKED]!, this.contextFor(batch, slot, toServer, !inline));
  }

  /**
   * No more data follows in this direction: delivers everything left, acknowledged or not, and then the end of stream.
   * @param flags STREAM_END, with STREAM_RESET when it was reset
   * @param limit sequence number: only contiguous data before it is delivered, for receivers that read no further
   */
  finish(batch: Batch, slot: number, flow: number, toServer: boolean, flags: number, limit?: number): void {
    const { rows, delivery } = this;
    const r = Direction.rowOf(flow, toServer);
    if (!this.isActive(flow, toServer)) return;
    const context = this.contextFor(batch, slot, toServer, this.mayCarryEnd(r, slot, toServer));
    context.ending = true;
    context.reset = (flags & Packet.STREAM_RESET) !== 0;
    this.output.deliverBelow(
      r,
      limit === undefined ? this.endOf(r) : this.contiguousBefore(r, limit),
      context,
    );
    rows[r + Direction.FLAGS]! |= Direction.ENDED;
    if (limit === undefined) this.countLoss(r);
    const end = Packet.STREAM_END | Packet.STREAM_FLUSH | flags;
    if (delivery.carriedLast(slot, toServer)) delivery.addFlags(end);
    else this.output.deliverTo(r, rows[r + Direction.DELIVERED]!, 0, context, end);
    this.output.dispose(r);
  }

  stop(flow: number, toServer: boolean): void {
    if (!this.isActive(flow, toServer)) return;
    const r = Direction.rowOf(flow, toServer);
    this.rows[r + Direction.FLAGS]! |= Direction.ENDED;
    this.output.dispose(r);
  }

  /** The flow ends: frees everything both directions hold. */
  free(flow: number): void {
    this.close(Direction.rowOf(flow, false));
    this.close(Direction.rowOf(flow, true));
  }

  overlapOf(slot: number): OverlapVersions | undefined {
    return this.overlaps.find(slot);
  }

  /** Data after a gap is forwarded with its packet nevertheless: it is inspected together with the data around it. */
  private noteEarly(r: number, p: number, start: number): void {
    const { row } = this.memory;
    if (this.inStream === 0 || ((start - this.rows[r + Direction.IN_ORDER]!) | 0) <= 0) return;
    if (Packet.carriesStream(row, p)) return;
    row[p + Packet.FLAGS]! |= Packet.FLAG_AFTER_GAP;
    row[p + Packet.STREAM_OFFSET] = start;
  }

  private close(r: number): void {
    if ((this.rows[r + Direction.FLAGS]! & Direction.OPEN) === 0) return;
    this.output.dispose(r);
    this.rows.fill(0, r, r + Direction.INTS);
  }

  private contextFor(batch: Batch, slot: number, toServer: boolean, ownRow: boolean): DeliveryContext {
    const { context } = this;
    context.batch = batch;
    context.slot = slot;
    context.toServer = toServer;
    context.ownRow = ownRow;
    context.ending = false;
    context.reset = false;
    context.beyond = false;
    return context;
  }

  /** Inline, the row of a received packet is reserved for the data that it carries itself. */
  private mayCarryEnd(r: number, slot: number, toServer: boolean): boolean {
    const p = slot * Packet.INTS;
    if ((this.rows[r + Direction.FLAGS]! & Direction.INLINE) === 0) return true;
    if (this.memory.row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return true;
    return ((this.memory.row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0) === toServer;
  }

  private reportOverlap(slot: number): void {
    const { survey } = this.placement;
    if (!survey.overlaps) return;
    this.counters.overlap();
    if (!survey.differs) return;
    this.counters.overlapDifferent();
    Packet.setEvent(this.memory.row, slot * Packet.INTS, Event.STREAM_REASSEMBLY_OVERLAP_DIFFERENT_DATA);
    if (!survey.rewrote) return;
    repairChecksum(this.memory, slot, survey.checksumChange);
    this.counters.packetRewritten();
  }

  private reportLoss(outcome: number, p: number): void {
    const memcap = outcome === OVER_MEMCAP;
    if (memcap) this.counters.memcapDrop();
    else this.counters.outOfOrderLimit();
    const event = memcap ? Event.STREAM_REASSEMBLY_INSERT_MEMCAP : Event.STREAM_REASSEMBLY_INSERT_LIMIT;
    Packet.setEvent(this.memory.row, p, event);
  }

  /** Position of the sequence number `limit`, or the end of the contiguous data if that is lower. */
  private contiguousBefore(r: number, limit: number): number {
    absorbWaiting(this.store, r);
    const inOrder = this.rows[r + Direction.IN_ORDER]!;
    const position = (limit - this.rows[r + Direction.FIRST_SEQUENCE]!) | 0;
    return ((position - inOrder) | 0) < 0 ? position : inOrder;
  }

  /** End of the last stored data. */
  private endOf(r: number): number {
    const { rows, store } = this;
    const tail = rows[r + Direction.TAIL]!;
    const inOrder = rows[r + Direction.IN_ORDER]!;
    if (tail === 0) return inOrder;
    const end = store.chunks.nodes[tail * Chunk.INTS + Chunk.END]!;
    return ((end - inOrder) | 0) > 0 ? end : inOrder;
  }

  private countLoss(r: number): void {
    const lost =
      ((this.rows[r + Direction.IN_ORDER]! - this.rows[r + Direction.DELIVERED]!) | 0) +
      this.rows[r + Direction.WAITING_BYTES]!;
    if (lost > 0 && (this.rows[r + Direction.FLAGS]! & Direction.DEPTH_REACHED) === 0)
      this.counters.dataLost(lost);
  }
}

function streamMemory(range: ByteRange, memcap: number, threads: number): StreamMemory {
  const share = memcap === 0 ? Number.POSITIVE_INFINITY : Math.ceil(memcap / threads);
  return new StreamMemory(range, Math.min(share, range.byteLength));
}
