/**
 * Packets of flows that are bypassed: nothing looks at them any more, they are only counted. Stages work over a batch
 * one after the other, so each marks and counts those whose flow was bypassed by an earlier packet in the same stage.
 */
import * as FlowRecord from './flow-record.js';
import type { Thread } from './module.js';
import * as Packet from './packet.js';

export class BypassedPackets {
  private readonly packets: number;
  private readonly bytes: number;

  constructor(private readonly thread: Thread) {
    this.packets = thread.counters.declare('flow_bypassed.local_pkts');
    this.bytes = thread.counters.declare('flow_bypassed.local_bytes');
  }

  /** Marks the packet at `p` and counts it, once. */
  note(p: number, flow: number): void {
    const { thread } = this;
    const { row } = thread.memory;
    const state = row[p + Packet.FLOW_STATE]!;
    if ((state & Packet.FLOW_BYPASSED) !== 0 || row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return;
    row[p + Packet.FLOW_STATE] = state | Packet.FLOW_BYPASSED;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    const length = row[p + Packet.LENGTH]!;
    thread.counters.values[this.packets]! += 1;
    thread.counters.values[this.bytes]! += length;
    const toServer = (state & Packet.FLOW_TO_SERVER) !== 0;
    const f64 = flow * FlowRecord.DOUBLES;
    const { row64 } = thread.flows;
    row64[
      f64 + (toServer ? FlowRecord.BYPASSED_PACKETS_TO_SERVER : FlowRecord.BYPASSED_PACKETS_TO_CLIENT)
    ]! += 1;
    row64[f64 + (toServer ? FlowRecord.BYPASSED_BYTES_TO_SERVER : FlowRecord.BYPASSED_BYTES_TO_CLIENT)]! +=
      length;
  }
}
