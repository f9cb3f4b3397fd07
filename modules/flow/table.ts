/**
 * The flow table of a thread: finds or creates the flow of each packet, ends flows, frees their rows.
 */
import type { Batch } from '../../engine/batch.js';
import { ExceptionPolicy } from '../../engine/exception-policy/applying.js';
import { TARGETS } from '../../engine/exception-policy.js';
import { BypassedPackets } from '../../engine/flow/bypassed-packets.js';
import type { ExpirableFlows } from '../../engine/flow/flow-expiry.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { FlowTable as FlowTableService } from '../../engine/flow/flow-table.js';
import { swapRecord } from '../../engine/flow/swapped-flow.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { REASON_FLOW_MEMCAP } from '../../engine/verdict.js';
import { FlowCounters } from './counters.js';
import { type Elephants, elephantsOf } from './elephants.js';
import { beginRow } from './first-packet.js';
import { FlowEnds } from './flow-ends.js';
import { IndexTable } from './index-table.js';
import { hashSize, memcap, simulatedMemcap } from './options.js';
import { isIcmpError, OTHER, PacketKey, TO_SERVER } from './packet-key.js';
import { FreeRows } from './rows.js';
import { Timeouts } from './timeouts.js';
import { FlowUpdate } from './update.js';

/** A row and its share of the index, which is only a quarter full just after growing. */
const BYTES_PER_FLOW = FlowRecord.INTS * 4 + 32;
const TCP = 6;
const TCP_SYN = 2;
const TCP_RST_ACK_FIN_SYN = 4 | 16 | 1 | 2;

export class FlowTable implements FlowTableService, ExpirableFlows {
  readonly counters: FlowCounters;
  readonly flowEnds: FlowEnds;
  readonly timeouts: Timeouts;
  readonly firstRow: number;
  /** In emergency mode flows time out sooner, and old ones are evicted for new ones. */
  emergency = false;
  /** The flow clock: time of the last packet. */
  seconds = 0;
  nanoseconds = 0;

  private readonly row: Int32Array;
  private readonly row64: Float64Array;
  private readonly flows: Int32Array;
  private readonly key: PacketKey;
  private readonly index: IndexTable;
  private readonly free: FreeRows;
  private readonly update: FlowUpdate;
  private readonly elephants: Elephants | undefined;
  private readonly memcapPolicy: ExceptionPolicy;
  private readonly simulated: number;
  private direction = OTHER;
  private used = 0;
  private evictionCursor = 0;
  private readonly isFlow = (flow: number): boolean => {
    this.direction = this.key.compare(flow);
    return this.direction !== OTHER;
  };

  constructor(private readonly thread: Thread) {
    const { config, flowRange } = thread;
    this.row = thread.memory.row;
    this.row64 = thread.memory.row64;
    this.flows = thread.flows.row;
    this.key = new PacketKey(thread);
    this.index = new IndexTable(config.read(hashSize) / thread.count, thread.seed);
    const affordable = Math.floor(config.read(memcap) / thread.count / BYTES_PER_FLOW);
    this.free = new FreeRows(flowRange.first, Math.max(1, Math.min(flowRange.count, affordable)));
    this.firstRow = flowRange.first;
    this.elephants = elephantsOf(thread);
    this.update = new FlowUpdate(thread.memory, thread.flows, new BypassedPackets(thread), this.elephants);
    this.counters = new FlowCounters(thread);
    this.timeouts = new Timeouts(config);
    this.flowEnds = new FlowEnds(thread, flow => this.release(flow));
    this.memcapPolicy = new ExceptionPolicy(thread, TARGETS.flowMemcap, REASON_FLOW_MEMCAP);
    this.simulated = config.read(simulatedMemcap);
  }

  get records(): FlowRows {
    return this.thread.flows;
  }

  /** Number of flows that have not ended. */
  get active(): number {
    return this.used;
  }

  get ending(): number {
    return this.flowEnds.length;
  }

  get rows(): number {
    return this.free.touched;
  }

  get freeRows(): number {
    return this.free.available;
  }

  get capacity(): number {
    return this.free.count;
  }

  /** Bytes of rows that were ever used, and of the index. */
  get memuse(): number {
    return this.free.touched * FlowRecord.INTS * 4 + this.index.byteLength;
  }

  /** Packets from here on are in a new batch for the following modules. */
  nextBatch(): void {
    this.update.nextBatch();
  }

  /** Row that a lookup for this hash meets first; prefetches the index and the row. */
  prefetch(hash: number): number {
    return this.index.touch(this.index.mix(hash));
  }

  /** Finds or creates the flow of a packet that belongs to one, and links the two. */
  assign(slot: number): void {
    const p = slot * Packet.INTS;
    this.seconds = Packet.secondsOf(this.row, p);
    this.nanoseconds = this.row[p + Packet.NANOSECONDS]!;
    if (isIcmpError(this.row, p)) {
      if (this.row[p + Packet.FLAGS]! & Packet.FLAG_ICMP_ERROR && this.key.readQuoted(p))
        this.assignError(slot, p);
      return;
    }
    this.key.read(p);
    const found = this.lookUp(p);
    if (found >= 0) this.update.packet(slot, found, this.direction === TO_SERVER, false);
    else if (this.mayBegin(p)) this.begin(slot);
  }

  /** An ICMP error never begins a flow. Its direction is to the server when the client sent it. */
  private assignError(slot: number, p: number): void {
    const flow = this.lookUp(p);
    if (flow < 0) return;
    // The quoted packet went this way, so the error about it goes the other way.
    this.update.packet(slot, flow, this.direction !== TO_SERVER, true);
  }

  /** @returns row of the live flow with the key; a flow that has timed out is ended instead */
  private lookUp(p: number): number {
    const mixed = this.index.mix(this.row[p + Packet.FLOW_HASH]!);
    const flow = this.index.find(mixed, this.isFlow);
    if (flow < 0) return -1;
    if (!this.timeouts.isFinished(this.flows, flow * FlowRecord.INTS, this.seconds, this.nanoseconds))
      return flow;
    this.endFor(flow, FlowRecord.REASON_TIMEOUT);
    return -1;
  }

  /** In emergency mode a TCP flow begins only with packets that can begin a session. */
  private mayBegin(p: number): boolean {
    if (!this.emergency || this.row[p + Packet.PROTOCOL] !== TCP) return true;
    return (this.row[p + Packet.TCP_FLAGS]! & TCP_RST_ACK_FIN_SYN) === TCP_SYN;
  }

  /** @returns the row of the new flow, -1 when there is no room */
  private begin(slot: number): number {
    const p = slot * Packet.INTS;
    const simulated = this.simulated !== 0 && this.row[p + Packet.NUMBER] === this.simulated;
    const flow = simulated ? -1 : this.free.take();
    if (flow < 0) {
      this.counters.add(this.counters.memcap);
      this.memcapPolicy.apply(slot, -1);
      return -1;
    }
    beginRow(this.flows, flow, this.key.columns, this.row, p, this.emergency);
    this.used++;
    this.index.insert(this.index.mix(this.row[p + Packet.FLOW_HASH]!), flow);
    this.counters.began(this.row[p + Packet.PROTOCOL]!);
    this.update.packet(slot, flow, true, false);
    return flow;
  }

  /** Removes a flow from the table. Its row stays unchanged until its end has been signalled to all modules. */
  private endFor(flow: number, reason: number): void {
    const { flows } = this;
    const f = flow * FlowRecord.INTS;
    this.index.remove(this.index.mix(flows[f + FlowRecord.HASH]!), flow);
    flows[f + FlowRecord.FLAGS]! |= FlowRecord.FLAG_ENDING;
    flows[f + FlowRecord.END_REASON]! |= reason;
    this.used--;
    this.counters.ended();
    this.flowEnds.add(flow);
  }

  /** Contract `ExpirableFlows`; so are those below. A row that is not this thread's holds no flow. */
  isLive(flow: number): boolean {
    if (!(flow >= this.firstRow && flow < this.firstRow + this.rows)) return false;
    const f = flow * FlowRecord.INTS;
    return (
      this.flows[f + FlowRecord.STATE] !== FlowRecord.STATE_FREE &&
      (this.flows[f + FlowRecord.FLAGS]! & FlowRecord.FLAG_ENDING) === 0
    );
  }

  expire(flow: number): void {
    if (!this.isLive(flow)) return;
    this.counters.add(this.counters.checked);
    if (this.timeouts.isFinished(this.flows, flow * FlowRecord.INTS, this.seconds, this.nanoseconds)) {
      this.counters.add(this.counters.timedOut);
      this.endFor(flow, FlowRecord.REASON_TIMEOUT);
    } else {
      this.counters.add(this.counters.stillAlive);
    }
  }

  /** Evicts the flow that was idle longest among the next few, to free a row. */
  evict(): void {
    let oldest = -1;
    let time = Infinity;
    for (let n = 0, looked = 0; n < 64 && looked < 8; n++) {
      if (this.evictionCursor >= this.rows) this.evictionCursor = 0;
      const flow = this.firstRow + this.evictionCursor++;
      if (!this.isLive(flow)) continue;
      looked++;
      const last = FlowRecord.lastSecondsOf(this.flows, flow * FlowRecord.INTS);
      if (last < time) {
        time = last;
        oldest = flow;
      }
    }
    if (oldest < 0) return;
    this.end(oldest);
  }

  end(flow: number): void {
    if (!this.isLive(flow)) return;
    this.counters.add(this.counters.getUsed);
    this.endFor(flow, FlowRecord.REASON_FORCED);
  }

  /** Ends all flows when the engine stops. */
  endAll(): void {
    for (let i = 0; i < this.rows; i++) {
      if (this.isLive(this.firstRow + i)) this.endFor(this.firstRow + i, FlowRecord.REASON_SHUTDOWN);
    }
  }

  private release(flow: number): void {
    this.elephants?.forget(flow);
    this.flows[flow * FlowRecord.INTS + FlowRecord.STATE] = FlowRecord.STATE_FREE;
    this.free.release(flow);
  }

  // ── service for the following modules ──────────────────────────────────────────────────────────────

  replaceFlow(batch: Batch, index: number): number {
    const slot = batch.slots[index]!;
    const old = this.row[slot * Packet.INTS + Packet.FLOW]!;
    this.update.rewind(batch, index, old);
    this.counters.add(this.counters.tcpReuse);
    this.endFor(old, FlowRecord.REASON_TCP_REUSE);
    return this.moveToNewFlow(batch, index, old);
  }

  private moveToNewFlow(batch: Batch, index: number, old: number): number {
    const first = batch.slots[index]!;
    this.row[first * Packet.INTS + Packet.FLOW] = -1;
    this.key.read(first * Packet.INTS);
    const flow = this.begin(first);
    for (let i = index + 1; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (this.row[p + Packet.FLOW] !== old) continue;
      this.row[p + Packet.FLOW] = -1;
      if (flow < 0) continue;
      this.key.read(p);
      this.update.packet(batch.slots[i]!, flow, this.key.compare(flow) === TO_SERVER, false);
    }
    return flow;
  }

  swap(batch: Batch, index: number): void {
    const flow = this.row[batch.slots[index]! * Packet.INTS + Packet.FLOW]!;
    swapRecord(this.thread.flows, flow);
    this.elephants?.swap(flow);
    for (let i = index; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      if (this.row[p + Packet.FLOW] !== flow) continue;
      Packet.swapFlowCounts(this.row, this.row64, slot);
      // The end of a flow has no direction of its own.
      if (this.row[p + Packet.PSEUDO] !== Packet.PSEUDO_FLOW_END)
        this.row[p + Packet.FLOW_STATE]! ^= Packet.FLOW_TO_SERVER;
    }
  }
}
