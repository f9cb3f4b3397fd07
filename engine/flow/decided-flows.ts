/**
 * The decision of an exception policy about a flow applies to all later packets. Stages process a batch one after the
 * other, so each checks for packets whose flow was decided by an earlier packet in the same stage.
 */

import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import { REASON_EXCEPTION_FLOW_DROP } from '../verdict.js';
import { BypassedPackets } from './bypassed-packets.js';
import * as FlowRecord from './flow-record.js';

/** Bits of `FlowRecord.FLAGS`. */
const DECIDED = FlowRecord.FLAG_DROPPED | FlowRecord.FLAG_BYPASSED | FlowRecord.FLAG_PASSED;
const DONE = FlowRecord.FLAG_DROPPED | FlowRecord.FLAG_BYPASSED;

export class DecidedFlows {
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
    return (this.flows[flow * FlowRecord.INTS + FlowRecord.FLAGS]! & DECIDED) !== 0;
  }

  /**
   * Applies the decision about its flow to the packet at `p`.
   * @returns true if nothing is to be done with it: dropped and bypassed flows need no further work
   */
  applyTo(p: number, flow: number): boolean {
    const flags = this.flows[flow * FlowRecord.INTS + FlowRecord.FLAGS]!;
    if ((flags & DECIDED) === 0) return false;
    const { row } = this;
    row[p + Packet.FLAGS]! |= Packet.FLAG_NO_INSPECTION;
    if (flags & FlowRecord.FLAG_PASSED) row[p + Packet.FLOW_STATE]! |= Packet.FLOW_PASSED;
    if (flags & FlowRecord.FLAG_BYPASSED) this.bypassed.mark(p, flow);
    if (flags & FlowRecord.FLAG_DROPPED) {
      row[p + Packet.FLOW_STATE]! |= Packet.FLOW_DROPPED;
      row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
      row[p + Packet.REASON] = REASON_EXCEPTION_FLOW_DROP;
    }
    return (flags & DONE) !== 0;
  }
}
