/**
 * `stream`: tracks TCP sessions and reassembles their data the way the receiver does.
 *
 * A packet's own row refers to the stream data it made available; data that does not fit there, and the end of
 * flows, are passed in pseudo packets right after it.
 */
import { PROTOCOL_OPTIONS } from '../engine/application/load-protocols.js';
import { PROBING_OPTIONS } from '../engine/application/probing.js';
import type { Recogniser } from '../engine/application/recognition.js';
import type { Batch } from '../engine/batch.js';
import type { AnyOption } from '../engine/config/option.js';
import {
  engineMode,
  masterSwitch,
  midstreamPickup,
  policyOption,
  TARGETS,
} from '../engine/exception-policy.js';
import { firewallHooks } from '../engine/firewall.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import { eventCounterOptions } from '../engine/packet/event-counters.js';
import * as Packet from '../engine/packet.js';
import { hostOsOptions } from '../engine/stream/host-os-policy.js';
import { EventCounters } from './stream/event-counters.js';
import { REASSEMBLY_OPTIONS, Reassembler } from './stream/reassembly/reassembler.js';
import { STREAM_RECORD_OPTIONS, StreamRecords } from './stream/stream-records.js';
import { recogniserFor } from './stream/tracking/first-speaker.js';
import { trackingOptions } from './stream/tracking/settings.js';
import { Tracker } from './stream/tracking/tracker.js';

const TCP = 6;

export const options: readonly AnyOption[] = [
  ...trackingOptions,
  ...REASSEMBLY_OPTIONS,
  ...STREAM_RECORD_OPTIONS,
  ...PROTOCOL_OPTIONS,
  ...PROBING_OPTIONS,
  policyOption(TARGETS.streamMemcap),
  policyOption(TARGETS.reassemblyMemcap),
  policyOption(TARGETS.midstream),
  policyOption(TARGETS.outOfOrder),
  masterSwitch,
  engineMode,
  ...hostOsOptions,
  ...eventCounterOptions,
];

export default defineModule({
  summary: 'tracks TCP sessions and reassembles their data',
  kind: 'stage',
  after: ['decode', 'flow'],
  together: ['flow'],
  perFlow: true,
  uses: ['flow-rows', 'stream-buffers'],
  options,
  create: thread =>
    thread.config.read(midstreamPickup)
      ? recogniserFor(thread).then(recogniser => new Stream(thread, recogniser))
      : new Stream(thread),
});

export class Stream implements ThreadModule {
  private readonly row: Int32Array;
  private readonly reassembler: Reassembler;
  private readonly tracker: Tracker;
  private readonly records: StreamRecords | undefined;
  private readonly events: EventCounters | undefined;

  constructor(
    private readonly thread: Thread,
    recogniser?: Recogniser,
  ) {
    this.row = thread.memory.row;
    this.reassembler = new Reassembler(thread);
    this.tracker = new Tracker(thread, this.reassembler, recogniser);
    this.records = StreamRecords.of(thread);
    this.events = EventCounters.of(thread);
  }

  process(batch: Batch): void {
    const { row, tracker } = this;
    firewallHooks(this.thread)?.beforeStream(batch);
    this.reassembler.beginBatch();
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      const p = slot * Packet.INTS;
      if (row[p + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END) {
        if (row[p + Packet.PROTOCOL] === TCP) tracker.flowEnds(batch, slot);
        batch.keep(slot);
        continue;
      }
      batch.keep(slot);
      if (row[p + Packet.PROTOCOL] === TCP && this.isTracked(p)) this.segment(batch, slot, i);
    }
    batch.replace();
  }

  private segment(batch: Batch, slot: number, index: number): void {
    const { records, tracker, row } = this;
    const flow = row[slot * Packet.INTS + Packet.FLOW]!;
    const before = records ? records.stateOf(flow) : 0;
    tracker.segment(batch, slot, index);
    records?.report(batch, slot, before);
    this.events?.count(slot);
  }

  private isTracked(p: number): boolean {
    const { row } = this;
    return row[p + Packet.FLOW]! >= 0 && row[p + Packet.PSEUDO]! <= Packet.PSEUDO_REASSEMBLED;
  }
}
