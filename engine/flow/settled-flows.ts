/**
 * What an exception policy did to a flow holds for all packets behind. Stages work over a batch one after the other, so
 * each looks itself at those whose flow was settled by an earlier packet in the same stage.
 */

import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import { REASON_EXCEPTION_FLOW_DROP } from '../verdict.js';
import { BypassedPackets } from './bypassed-packets.js';
import * as FlowRecord from './flow-record.js';

/** Bits of `FlowRecord.FLAGS`. */
const SETTLED = FlowRecord.FLAG_DROPPED | FlowRecord.FLAG_BYPASSED | FlowRecord.FLAG_PASSED;
const DONE = FlowRecord.FLAG_DROPPED | FlowRecord.FLAG_BYPASSED;

export class SettledFlows {
  readonly bypassed: BypassedPackets;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;

  constructor(thread: Thread) {
    this.bypassed = new BypassedPackets(thread);
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
  }

  /** A policy dropped, passed or bypassed the flow. */
  has(flow: number): boolean {
    return (this.flows[flow * FlowRecord.INTS + FlowRecord.FLAGS]! & SETTLED) !== 0;
  }

  /**
   * Tells the packet at `p` what became of its flow.
   * @returns that nothing is to be done with it: dropped flows need no more work, bypassed ones want none
   */
  note(p: number, flow: number): boolean {
    const flags = this.flows[flow * FlowRecord.INTS + FlowRecord.FLAGS]!;
    if ((flags & SETTLED) === 0) return false;
    const { row } = this;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    if (flags & FlowRecord.FLAG_PASSED) row[p + Packet.FLOW_STATE]! |= Packet.FLOW_PASSED;
    if (flags & FlowRecord.FLAG_BYPASSED) this.bypassed.note(p, flow);
    if (flags & FlowRecord.FLAG_DROPPED) {
      row[p + Packet.FLOW_STATE]! |= Packet.FLOW_DROPPED;
      row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
      row[p + Packet.REASON] = REASON_EXCEPTION_FLOW_DROP;
    }
    return (flags & DONE) !== 0;
  }
}
