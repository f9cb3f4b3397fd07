/**
 * Packets of bypassed flows: they are no longer inspected, only counted. Stages process a batch one after the other, so
 * each marks and counts packets whose flow was bypassed by an earlier packet in the same stage.
 */

import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import { fallBackToLocalBypass } from './flow-bypass.js';
import * as FlowRecord from './flow-record.js';

/** Indexes of two counters. */
interface CounterPair {
  readonly packets: number;
  readonly bytes: number;
}

export class BypassedPackets {
  private readonly local: CounterPair;
  /** For flows that the device should bypass. */
  private readonly capture: CounterPair;

  constructor(private readonly thread: Thread) {
    this.local = declareCounters(thread, 'flow_bypassed.local');
    this.capture = declareCounters(thread, 'flow_bypassed.local_capture');
  }

  /** Marks the packet at `p` and counts it, once. */
  mark(p: number, flow: number): void {
    const { thread } = this;
    const { row } = thread.memory;
    const state = row[p + Packet.FLOW_STATE]!;
    if ((state & Packet.FLOW_BYPASSED) !== 0 || row[p + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return;
    row[p + Packet.FLOW_STATE] = state | Packet.FLOW_BYPASSED;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    const length = row[p + Packet.LENGTH]!;
    this.count(flow, length);
    const toServer = (state & Packet.FLOW_TO_SERVER) !== 0;
    const f64 = flow * FlowRecord.DOUBLES;
    const { row64 } = thread.flows;
    row64[
      f64 + (toServer ? FlowRecord.BYPASSED_PACKETS_TO_SERVER : FlowRecord.BYPASSED_PACKETS_TO_CLIENT)
    ]! += 1;
    row64[f64 + (toServer ? FlowRecord.BYPASSED_BYTES_TO_SERVER : FlowRecord.BYPASSED_BYTES_TO_CLIENT)]! +=
      length;
  }

  private count(flow: number, length: number): void {
    const { counters, flows } = this.thread;
    const captured =
      flows.row[flow * FlowRecord.INTS + FlowRecord.STATE] === FlowRecord.STATE_CAPTURE_BYPASSED;
    const { packets, bytes } = captured ? this.capture : this.local;
    counters.values[packets]! += 1;
    counters.values[bytes]! += length;
    if (captured) fallBackToLocalBypass(flows.row, flow);
  }
}

function declareCounters({ counters }: Thread, name: string): CounterPair {
  return { packets: counters.declare(`${name}_pkts`), bytes: counters.declare(`${name}_bytes`) };
}
