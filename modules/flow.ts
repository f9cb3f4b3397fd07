/**
 * `flow`: assigns each packet to its flow, and signals to the following modules when a flow has ended.
 *
 * Works over the batch in two steps: all index entries and records that will be needed are touched first, so that
 * the memory latency of the packets overlaps, then each packet is looked up and counted.
 */
import { Batch } from '../engine/batch.js';
import type { AnyOption } from '../engine/config/option.js';
import { engineMode, masterSwitch, policyOption, TARGETS } from '../engine/exception-policy.js';
import { firewallHooks } from '../engine/firewall.js';
import {
  type ExpiryPolicy,
  expiryPlugin,
  FLOW_EXPIRY_POLICY,
  loadFlowExpiry,
} from '../engine/flow/flow-expiry.js';
import * as FlowRecord from '../engine/flow/flow-record.js';
import { FLOW_TABLE } from '../engine/flow/flow-table.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { bytesAtOnce } from '../engine/stream/stream-depth.js';
import { ClockHand } from './flow/clock-hand.js';
import { elephantOptions } from './flow/elephants.js';
import { expiry } from './flow/expiry.js';
import { FlowMaintenance, prealloc } from './flow/maintenance.js';
import { emergencyRecovery, hashSize, memcap, simulatedMemcap } from './flow/options.js';
import { belongsToFlow, recursionTracking, vlanTracking } from './flow/packet-key.js';
import { FlowTable } from './flow/table.js';
import { timeoutOptions } from './flow/timeouts.js';

export const options: readonly AnyOption[] = [
  memcap,
  hashSize,
  prealloc,
  emergencyRecovery,
  expiry,
  FLOW_EXPIRY_POLICY,
  policyOption(TARGETS.flowMemcap),
  masterSwitch,
  engineMode,
  vlanTracking,
  recursionTracking,
  simulatedMemcap,
  ...elephantOptions,
  ...timeoutOptions,
];

export default defineModule({
  summary: 'assigns each packet to its flow',
  kind: 'stage',
  after: ['decode'],
  perFlow: true,
  uses: ['flow-rows'],
  options,
  create(thread) {
    const plugin = expiryPlugin(thread.config);
    if (plugin === undefined) return new Flow(thread, new ClockHand());
    return loadFlowExpiry(plugin).then(each => new Flow(thread, each.create(thread)));
  },
});

class Flow implements ThreadModule {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly table: FlowTable;
  private readonly maintenance: FlowMaintenance;
  /** Packets passed on before the rest of their batch. */
  private readonly ahead = new Batch();
  /** First row of the index that the lookup of each packet of the batch will meet, -1 for none. */
  private candidates = new Int32Array(1024);
  private touched = 0;
  /** Maximum bytes of payload passed on at once, except for a single packet that has more. */
  private readonly maxBytes: number;

  constructor(
    private readonly thread: Thread,
    policy: ExpiryPolicy,
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.table = new FlowTable(thread);
    this.maxBytes = bytesAtOnce(thread.config);
    this.maintenance = new FlowMaintenance(thread, this.table, policy);
    thread.services.set(FLOW_TABLE, this.table);
  }

  process(batch: Batch): void {
    firewallHooks(this.thread)?.beforeFlow(batch);
    this.maintenance.beforeBatch(batch.length);
    this.table.nextBatch();
    this.prefetchAll(batch);
    if (batch.length > 0)
      this.table.flowEnds.source = this.row[batch.slots[0]! * Packet.INTS + Packet.SOURCE]!;
    this.assignAll(batch);
    this.table.flowEnds.emit(batch);
  }

  flush(batch: Batch): void {
    this.maintenance.whenIdle();
    this.table.flowEnds.emit(batch);
  }

  end(batch: Batch): void {
    this.table.endAll();
    this.table.flowEnds.emit(batch);
    while (this.table.flowEnds.length > 0) {
      this.thread.forward(batch);
      this.table.flowEnds.emit(batch);
    }
  }

  /** Prefetches what the lookups will read. The sum keeps the compiler from removing the reads. */
  private prefetchAll(batch: Batch): void {
    if (this.candidates.length < batch.length) this.candidates = new Int32Array(batch.length * 2);
    const { row, flows, candidates, table } = this;
    const { slots, length } = batch;
    for (let i = 0; i < length; i++)
      candidates[i] = table.prefetch(row[slots[i]! * Packet.INTS + Packet.FLOW_HASH]!);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const flow = candidates[i]!;
      if (flow >= 0)
        sum ^= flows[flow * FlowRecord.INTS]! ^ flows[flow * FlowRecord.INTS + FlowRecord.STATE]!;
    }
    this.touched ^= sum;
  }

  /**
   * The following modules update the state of flows, and the timeout depends on the state. So no batch may span more
   * time than the shortest timeout: packets before such a step are sent ahead. The same applies when as much payload
   * has accumulated as streams reassemble at once.
   */
  private assignAll(batch: Batch): void {
    const { row, table } = this;
    const { shortest } = table.timeouts;
    let start = 0;
    let bytes = 0;
    let earliest = batch.length > 0 ? Packet.secondsOf(row, batch.slots[0]! * Packet.INTS) : 0;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      const time = Packet.secondsOf(row, p);
      bytes += row[p + Packet.PAYLOAD_LENGTH]!;
      if ((time - earliest >= shortest || bytes > this.maxBytes) && i > start) {
        this.sendAhead(batch, start, i);
        start = i;
        earliest = time;
        bytes = row[p + Packet.PAYLOAD_LENGTH]!;
      } else if (time < earliest) earliest = time;
      if (belongsToFlow(row, p)) table.assign(slot);
    }
    if (start > 0) dropFront(batch, start);
  }

  private sendAhead(batch: Batch, from: number, to: number): void {
    for (let i = from; i < to; i++) this.ahead.push(batch.slots[i]!);
    this.thread.forward(this.ahead);
    this.table.nextBatch();
    this.ahead.clear();
  }
}

function dropFront(batch: Batch, count: number): void {
  batch.slots.copyWithin(0, count, batch.length);
  batch.length -= count;
}
