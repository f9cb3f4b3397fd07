/** Updates the record of a flow for a packet, and stores the flow in the row of the packet. */

import type { Batch } from '../../engine/batch.js';
import type { BypassedPackets } from '../../engine/flow/bypassed-packets.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { REASON_EXCEPTION_FLOW_DROP } from '../../engine/verdict.js';
import type { Elephants } from './elephants.js';
import { stateBits } from './flow-ends.js';

const TCP = 6;
const BOTH_SEEN = FlowRecord.FLAG_TO_SERVER_SEEN | FlowRecord.FLAG_TO_CLIENT_SEEN;

export class FlowUpdate {
  private readonly row: Int32Array;
  private readonly row64: Float64Array;
  private readonly bytes: Uint8Array;
  private readonly flows: Int32Array;
  private readonly flows64: Float64Array;
  private batch = 1;

  constructor(
    memory: Memory,
    flows: FlowRows,
    private readonly bypassed: BypassedPackets,
    private readonly elephants?: Elephants,
  ) {
    this.row = memory.row;
    this.row64 = memory.row64;
    this.bytes = memory.bytes;
    this.flows = flows.row;
    this.flows64 = flows.row64;
  }

  /** @param error the packet is an ICMP error about the flow: it does not show that its sender is alive */
  packet(slot: number, flow: number, toServer: boolean, error: boolean): void {
    const { row, flows } = this;
    const p = slot * Packet.INTS;
    const f = flow * FlowRecord.INTS;
    if (flows[f + FlowRecord.BATCH] !== this.batch) this.saveState(f);
    this.updateTime(p, f);
    this.updateTtl(p, f, toServer);
    this.count(slot, flow, toServer);
    const bits =
      (toServer ? Packet.FLOW_TO_SERVER : 0) | (error ? 0 : this.updateDirectionFlags(f, toServer));
    row[p + Packet.FLOW] = flow;
    row[p + Packet.FLOW_STATE] = bits | (stateBits(flows, f) & ~Packet.FLOW_BYPASSED);
    const flags = flows[f + FlowRecord.FLAGS]!;
    if (flags & (FlowRecord.FLAG_DROPPED | FlowRecord.FLAG_PASSED)) this.applyFlowVerdict(p, f);
    if (flags & FlowRecord.FLAG_BYPASSED) this.bypassed.mark(p, flow);
    this.snapshot(slot, flow);
    this.elephants?.note(p, flow, toServer);
  }

  /** Packets from here on are in a new batch for the following modules. */
  nextBatch(): void {
    this.batch = (this.batch + 1) | 0;
  }

  /** Saves the flow's state before this batch: a later module may find that it ended within the batch. */
  private saveState(f: number): void {
    const { flows } = this;
    flows[f + FlowRecord.BATCH] = this.batch;
    if (flows[f + FlowRecord.PROTOCOL] !== TCP) return;
    flows[f + FlowRecord.LAST_SECONDS_BEFORE] = flows[f + FlowRecord.LAST_SECONDS]!;
    flows[f + FlowRecord.LAST_NANOSECONDS_BEFORE] = flows[f + FlowRecord.LAST_NANOSECONDS]!;
    flows[f + FlowRecord.TTLS_BEFORE] = flows[f + FlowRecord.TTLS]!;
    flows[f + FlowRecord.LAST_NUMBER_BEFORE] = flows[f + FlowRecord.LAST_NUMBER]!;
  }

  /** Reverts the flow of a TCP packet to its state before its packets at and after `index` in the batch. */
  rewind(batch: Batch, index: number, flow: number): void {
    const { flows, row } = this;
    const f = flow * FlowRecord.INTS;
    for (let i = index; i < batch.length; i++) {
      if (row[batch.slots[i]! * Packet.INTS + Packet.FLOW] === flow) this.subtract(batch.slots[i]!, flow);
    }
    flows[f + FlowRecord.LAST_SECONDS] = flows[f + FlowRecord.LAST_SECONDS_BEFORE]!;
    flows[f + FlowRecord.LAST_NANOSECONDS] = flows[f + FlowRecord.LAST_NANOSECONDS_BEFORE]!;
    flows[f + FlowRecord.TTLS] = flows[f + FlowRecord.TTLS_BEFORE]!;
    flows[f + FlowRecord.LAST_NUMBER] = flows[f + FlowRecord.LAST_NUMBER_BEFORE]!;
    for (let i = 0; i < index; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (row[p + Packet.FLOW] !== flow || row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) continue;
      this.updateTime(p, f);
      this.updateTtl(p, f, (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0);
    }
  }

  /** Subtracts the packet from the counts of a flow that it turned out not to belong to. */
  private subtract(slot: number, flow: number): void {
    const { flows, flows64, row } = this;
    const p = slot * Packet.INTS;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const f = flow * FlowRecord.INTS;
    flows[f + (toServer ? FlowRecord.PACKETS_TO_SERVER : FlowRecord.PACKETS_TO_CLIENT)]!--;
    flows64[
      flow * FlowRecord.DOUBLES + (toServer ? FlowRecord.BYTES_TO_SERVER : FlowRecord.BYTES_TO_CLIENT)
    ]! -= row[p + Packet.LENGTH]!;
    row[p + Packet.FLOW_STATE] = 0;
  }

  /** @returns bits: this was the first packet in this direction, and both directions were seen */
  private updateDirectionFlags(f: number, toServer: boolean): number {
    const { flows } = this;
    const seen = toServer ? FlowRecord.FLAG_TO_SERVER_SEEN : FlowRecord.FLAG_TO_CLIENT_SEEN;
    const flags = flows[f + FlowRecord.FLAGS]!;
    const first = (flags & seen) === 0 ? Packet.FLOW_FIRST_IN_DIRECTION : 0;
    flows[f + FlowRecord.FLAGS] = flags | seen;
    if (((flags | seen) & BOTH_SEEN) !== BOTH_SEEN || flows[f + FlowRecord.PROTOCOL] === TCP) return first;
    if (flows[f + FlowRecord.STATE] === FlowRecord.STATE_NEW) {
      flows[f + FlowRecord.STATE] = FlowRecord.STATE_ESTABLISHED;
    }
    return first | Packet.FLOW_ESTABLISHED;
  }

  /** Packets may be slightly out of order: the clock of a flow never goes back. */
  private updateTime(p: number, f: number): void {
    const { row, flows } = this;
    flows[f + FlowRecord.LAST_NUMBER] = row[p + Packet.NUMBER]!;
    const seconds = Packet.secondsOf(row, p);
    const nanoseconds = row[p + Packet.NANOSECONDS]!;
    const last = FlowRecord.lastSecondsOf(flows, f);
    if (seconds < last || (seconds === last && nanoseconds < flows[f + FlowRecord.LAST_NANOSECONDS]!)) return;
    flows[f + FlowRecord.LAST_SECONDS] = seconds;
    flows[f + FlowRecord.LAST_NANOSECONDS] = nanoseconds;
  }

  private updateTtl(p: number, f: number, toServer: boolean): void {
    const { row, flows } = this;
    const ttl = this.bytes[row[p + Packet.L3]! + (row[p + Packet.IP_VERSION] === 4 ? 8 : 7)]!;
    const shift = toServer ? 0 : 16;
    const both = (flows[f + FlowRecord.TTLS]! >>> shift) & 0xffff;
    const lowest = both & 255;
    const highest = both >>> 8;
    if (both !== 0 && ttl >= lowest && ttl <= highest) return;
    const low = both === 0 || ttl < lowest ? ttl : lowest;
    const pair = (Math.max(ttl, highest) << 8) | low;
    flows[f + FlowRecord.TTLS] = (flows[f + FlowRecord.TTLS]! & ~(0xffff << shift)) | (pair << shift);
  }

  private count(slot: number, flow: number, toServer: boolean): void {
    const { flows, flows64 } = this;
    const f = flow * FlowRecord.INTS;
    const f64 = flow * FlowRecord.DOUBLES;
    const length = this.row[slot * Packet.INTS + Packet.LENGTH]!;
    if (toServer) {
      flows[f + FlowRecord.PACKETS_TO_SERVER]!++;
      flows64[f64 + FlowRecord.BYTES_TO_SERVER]! += length;
    } else {
      flows[f + FlowRecord.PACKETS_TO_CLIENT]!++;
      flows64[f64 + FlowRecord.BYTES_TO_CLIENT]! += length;
    }
  }

  private applyFlowVerdict(p: number, f: number): void {
    const { row } = this;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    if ((this.flows[f + FlowRecord.FLAGS]! & FlowRecord.FLAG_DROPPED) === 0) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_EXCEPTION_FLOW_DROP;
  }

  private snapshot(slot: number, flow: number): void {
    const p = slot * Packet.INTS;
    const f = flow * FlowRecord.INTS;
    const p64 = slot * Packet.DOUBLES;
    const f64 = flow * FlowRecord.DOUBLES;
    this.row[p + Packet.FLOW_PACKETS_TO_SERVER] = this.flows[f + FlowRecord.PACKETS_TO_SERVER]!;
    this.row[p + Packet.FLOW_PACKETS_TO_CLIENT] = this.flows[f + FlowRecord.PACKETS_TO_CLIENT]!;
    this.row64[p64 + Packet.FLOW_BYTES_TO_SERVER] = this.flows64[f64 + FlowRecord.BYTES_TO_SERVER]!;
    this.row64[p64 + Packet.FLOW_BYTES_TO_CLIENT] = this.flows64[f64 + FlowRecord.BYTES_TO_CLIENT]!;
  }
}
