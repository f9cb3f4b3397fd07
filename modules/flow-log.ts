/**
 * `flow-log`: counts each flow that has ended, and passes it to the outputs. It runs after all modules that write to
 * flow records, since the final state and protocol of a flow are known only then.
 */
import { Batch } from '../engine/batch.js';
import { addEvent, attachedMembers, EVENT_FLOW, EVENT_NETFLOW } from '../engine/event.js';
import * as FlowRecord from '../engine/flow/flow-record.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { ESTABLISHED } from '../engine/stream/tcp-state.js';
import { EndCounters } from './flow-log/end-counters.js';

const TCP = 6;

export default defineModule({
  summary: 'counts flows that have ended, and passes them to the outputs',
  kind: 'stage',
  after: ['flow'],
  options: [],
  create: thread => new FlowLog(thread),
});

class FlowLog implements ThreadModule {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  /** Event wanted by outputs; a flow's event also produces its netflow records. */
  private readonly kind: number;
  private readonly lost: number;
  private readonly counters: EndCounters;
  private readonly ahead = new Batch();

  constructor(private readonly thread: Thread) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.kind = thread.wants(EVENT_FLOW) ? EVENT_FLOW : thread.wants(EVENT_NETFLOW) ? EVENT_NETFLOW : 0;
    this.counters = new EndCounters(thread.counters);
    this.lost = thread.counters.declare('flow_log.lost');
  }

  process(batch: Batch): void {
    if (!this.hasEnds(batch)) return;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      if (this.isEnd(slot)) this.logFlow(batch, slot);
      else batch.keep(slot);
    }
    batch.replace();
  }

  /** Packets after a drop are not part of the session, whether it was tracked any further or not. */
  private setFinalState(slot: number): void {
    const { flows } = this;
    const f = this.row[slot * Packet.INTS + Packet.FLOW]! * FlowRecord.INTS;
    const held = (flows[f + FlowRecord.DETECT_FLAGS]! & FlowRecord.DETECT_DROPPED_ESTABLISHED) !== 0;
    if (!held || flows[f + FlowRecord.PROTOCOL] !== TCP) return;
    flows[f + FlowRecord.STATE] = FlowRecord.STATE_ESTABLISHED;
    flows[f + FlowRecord.TCP_STATE] = ESTABLISHED;
  }

  /** An exception policy applied to a flow is its action, unless detection set one. */
  private setFinalAction(slot: number): void {
    const { flows } = this;
    const f = this.row[slot * Packet.INTS + Packet.FLOW]! * FlowRecord.INTS;
    if (flows[f + FlowRecord.ACTION] !== FlowRecord.ACTION_NONE) return;
    const flags = flows[f + FlowRecord.FLAGS]!;
    if (flags & FlowRecord.FLAG_DROPPED) flows[f + FlowRecord.ACTION] = FlowRecord.ACTION_DROP;
    else if (flags & FlowRecord.FLAG_PASSED) flows[f + FlowRecord.ACTION] = FlowRecord.ACTION_PASS;
  }

  private hasEnds(batch: Batch): boolean {
    for (let i = 0; i < batch.length; i++) if (this.isEnd(batch.slots[i]!)) return true;
    return false;
  }

  private isEnd(slot: number): boolean {
    return this.row[slot * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END;
  }

  /** When the pool is empty, the packets so far are sent ahead so that their slots are returned. */
  private logFlow(batch: Batch, slot: number): void {
    this.setFinalAction(slot);
    this.setFinalState(slot);
    this.counters.count(this.flows, this.row[slot * Packet.INTS + Packet.FLOW]! * FlowRecord.INTS);
    if (this.kind === 0) {
      batch.keep(slot);
      return;
    }
    if (this.thread.pool.available === 0) {
      batch.moveKeptTo(this.ahead);
      this.thread.forward(this.ahead);
      this.ahead.clear();
    }
    batch.keep(slot);
    if (addEvent(this.thread, batch, this.kind, slot, attachedMembers(this.thread.memory, slot)) < 0)
      this.thread.counters.values[this.lost]!++;
  }
}
