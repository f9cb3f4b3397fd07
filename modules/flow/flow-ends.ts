/**
 * Flows that have ended, and the pseudo packets that signal it to the following modules. The number of such packets
 * in flight is limited by the pool; the other ended flows wait here and keep their rows.
 */
import type { Batch } from '../../engine/batch.js';
import { DEVICE_NAMES } from '../../engine/event.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';

/** Share of the pool's free slots that flow ends may take at once, so that packets are not delayed. */
const SHARE_OF_POOL = 4;

export class FlowEnds {
  /** Ring of rows. Each row is in it at most once, so it never overflows. */
  private readonly waiting: Int32Array;
  private head = 0;
  private count = 0;
  /** Current source of packets: of several independent captures, the one that the flows belong to. */
  source = 0;
  /** With live traffic a flow belongs to the device of its first packet, whichever device has packets now. */
  private readonly usesDevices: boolean;

  constructor(
    private readonly thread: Thread,
    private readonly onFree: (flow: number) => void,
  ) {
    this.usesDevices = thread.shared[DEVICE_NAMES] !== undefined;
    this.waiting = new Int32Array(Math.max(1, thread.flowRange.count));
    thread.pool.onReturn.push(slot => this.packetReturned(slot));
  }

  /** Number of flows whose packet has not been created yet. */
  get length(): number {
    return this.count;
  }

  add(flow: number): void {
    this.waiting[(this.head + this.count) % this.waiting.length] = flow;
    this.count++;
  }

  /** Adds the end packets of flows to the batch, as far as the pool allows. */
  emit(batch: Batch): void {
    const share = Math.ceil(this.thread.pool.available / SHARE_OF_POOL);
    for (let n = Math.min(this.count, share); n > 0; n--) batch.push(this.createPacket());
  }

  private createPacket(): number {
    const flow = this.waiting[this.head]!;
    this.head = (this.head + 1) % this.waiting.length;
    this.count--;
    const slot = this.thread.pool.take();
    this.write(slot, flow);
    return slot;
  }

  /** Its time is that of the flow's last packet, so that the flow's record does not depend on other flows. */
  private write(slot: number, flow: number): void {
    const { row } = this.thread.memory;
    const flows = this.thread.flows.row;
    const p = slot * Packet.INTS;
    const f = flow * FlowRecord.INTS;
    row[p + Packet.PSEUDO] = Packet.PSEUDO_FLOW_END;
    row[p + Packet.FLAGS] = Packet.FLAG_LAST_OF_FLOW;
    row[p + Packet.FLOW] = flow;
    row[p + Packet.LINK_TYPE] = flows[f + FlowRecord.FLAGS]! >>> FlowRecord.LINK_TYPE_SHIFT;
    row[p + Packet.FLOW_HASH] = flows[f + FlowRecord.HASH]!;
    row[p + Packet.FLOW_STATE] = stateBits(flows, f) | Packet.FLOW_TO_SERVER;
    row[p + Packet.SECONDS] = flows[f + FlowRecord.LAST_SECONDS]!;
    row[p + Packet.NANOSECONDS] = flows[f + FlowRecord.LAST_NANOSECONDS]!;
    row[p + Packet.NUMBER] = flows[f + FlowRecord.LAST_NUMBER]!;
    row[p + Packet.SOURCE] = this.usesDevices
      ? flows[f + FlowRecord.END_REASON]! >>> FlowRecord.SOURCE_SHIFT
      : this.source;
    row[p + Packet.IP_VERSION] = flows[f + FlowRecord.IP_VERSION]!;
    row[p + Packet.PROTOCOL] = flows[f + FlowRecord.PROTOCOL]!;
    row[p + Packet.SOURCE_PORT] = flows[f + FlowRecord.CLIENT_PORT]!;
    row[p + Packet.DESTINATION_PORT] = flows[f + FlowRecord.SERVER_PORT]!;
    row[p + Packet.FLOW_PACKETS_TO_SERVER] = flows[f + FlowRecord.PACKETS_TO_SERVER]!;
    row[p + Packet.FLOW_PACKETS_TO_CLIENT] = flows[f + FlowRecord.PACKETS_TO_CLIENT]!;
    const { row64 } = this.thread.memory;
    const flows64 = this.thread.flows.row64;
    const p64 = slot * Packet.DOUBLES;
    const f64 = flow * FlowRecord.DOUBLES;
    row64[p64 + Packet.FLOW_BYTES_TO_SERVER] = flows64[f64 + FlowRecord.BYTES_TO_SERVER]!;
    row64[p64 + Packet.FLOW_BYTES_TO_CLIENT] = flows64[f64 + FlowRecord.BYTES_TO_CLIENT]!;
  }

  private packetReturned(slot: number): void {
    const { row } = this.thread.memory;
    const p = slot * Packet.INTS;
    if (row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) this.onFree(row[p + Packet.FLOW]!);
  }
}

/** Bits of FLOW_STATE derived from the record, without the direction. */
export function stateBits(flows: Int32Array, f: number): number {
  const flags = flows[f + FlowRecord.FLAGS]!;
  let bits = 0;
  if (flows[f + FlowRecord.STATE] === FlowRecord.STATE_ESTABLISHED) bits |= Packet.FLOW_ESTABLISHED;
  if (flags & FlowRecord.FLAG_DROPPED) bits |= Packet.FLOW_DROPPED;
  if (flags & FlowRecord.FLAG_PASSED) bits |= Packet.FLOW_PASSED;
  if (flags & FlowRecord.FLAG_BYPASSED) bits |= Packet.FLOW_BYPASSED;
  return bits;
}
