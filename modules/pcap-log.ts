/**
 * pcap-log: writes received packets into capture files. All of them; or those of a flow from its first alert on, or
 * those tagged by rules, together with the earlier TCP data that led to the alert.
 */
import { threadId } from 'node:worker_threads';
import type { Batch } from '../engine/batch.js';
import { compileFilter, type PacketFilter } from '../engine/capture-file/filter.js';
import { logFolder, outputs } from '../engine/config/output-list.js';
import { WANTS_PACKETS, WANTS_TAGS } from '../engine/event.js';
import { defineModule, type LogWriter, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import { CaptureFiles } from './pcap-log/capture-files.js';
import { FileNames } from './pcap-log/file-name.js';
import { DEEP_TO_CLIENT, DEEP_TO_SERVER, FlowMarks, WRITTEN } from './pcap-log/flow-marks.js';
import { FRAME_HEADER, Framing, LINK_TYPE, viewOf, WIRE_LENGTH } from './pcap-log/framed-packet.js';
import { History } from './pcap-log/history.js';
import { logNameOf, threadIn } from './pcap-log/log-name.js';
import { PCAP_LOG_OPTIONS, type PcapLogSettings, pcapLogSettings } from './pcap-log/settings.js';

const TCP = 6;

export default defineModule({
  summary: 'writes packets to capture files',
  kind: 'output',
  options: [outputs, logFolder, ...PCAP_LOG_OPTIONS],
  wants(config) {
    const settings = pcapLogSettings(config);
    if (!settings) return [];
    return settings.conditional === 'tag' ? [WANTS_PACKETS, WANTS_TAGS] : [WANTS_PACKETS];
  },
  openLog(file, config, warn) {
    const thread = threadIn(file);
    const settings = thread && pcapLogSettings(config);
    return settings && new CaptureFiles(new FileNames(settings, thread), settings, warn);
  },
  create(thread) {
    const settings = pcapLogSettings(thread.config);
    return settings ? new PcapLog(thread, settings) : { process() {} };
  },
});

class PcapLog implements ThreadModule {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly log: LogWriter;
  private readonly framing = new Framing();
  private readonly filter: PacketFilter | undefined;
  private readonly history: History | undefined;
  private readonly marks: FlowMarks | undefined;
  private readonly written: number;
  private readonly filtered: number;

  constructor(
    private readonly thread: Thread,
    private readonly settings: PcapLogSettings,
  ) {
    const { conditional, useStreamDepth, multi } = settings;
    const { capacity } = thread.flows;
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.log = thread.openLog(logNameOf(multi ? { number: thread.index + 1, id: threadId } : undefined));
    this.filter = compileFilter(settings.filter);
    const history = conditional === 'all' ? undefined : new History(settings.history, capacity);
    this.history = history;
    if (history || useStreamDepth)
      this.marks = new FlowMarks(this.flows, capacity, flow => history?.forget(flow));
    this.written = thread.counters.declare('pcap_log.written');
    this.filtered = thread.counters.declare('pcap_log.filtered_bpf');
  }

  process(batch: Batch): void {
    for (let i = 0; i < batch.length; i++) {
      const p = batch.slots[i]! * Packet.INTS;
      if (this.row[p + Packet.PSEUDO] === Packet.PSEUDO_EVENT || this.isExcluded(p)) continue;
      if (this.history) this.writeOrHold(p, this.history);
      else if (this.row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE) this.write(p);
    }
  }

  private isExcluded(p: number): boolean {
    const { honorPass, useStreamDepth } = this.settings;
    // Packets before the rule matched are logged, even if their flow is passed by now.
    const passed = this.row[p + Packet.VERDICT] === Packet.VERDICT_PASS;
    return (honorPass && passed) || (useStreamDepth && this.isBeyondDepth(p));
  }

  /** The packet that reaches the depth is still within it. */
  private isBeyondDepth(p: number): boolean {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    if (flow < 0 || row[p + Packet.PROTOCOL] !== TCP) return false;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const deep = (this.marks!.of(flow) & (toServer ? DEEP_TO_SERVER : DEEP_TO_CLIENT)) !== 0;
    const stream = row[p + Packet.STREAM_FLAGS]!;
    if ((stream & Packet.STREAM_DEPTH) !== 0)
      this.marks!.add(flow, stream & Packet.STREAM_TO_SERVER ? DEEP_TO_SERVER : DEEP_TO_CLIENT);
    const encrypted = (row[p + Packet.FLAGS]! & Packet.FLAG_NO_PAYLOAD_INSPECTION) !== 0;
    return row[p + Packet.PAYLOAD_LENGTH]! > 0 && (deep || encrypted);
  }

  /** Under a condition: the packet is written, or held in case its flow has an alert later. */
  private writeOrHold(p: number, history: History): void {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    const isFlowWritten = flow >= 0 && (this.marks!.of(flow) & WRITTEN) !== 0;
    if (this.meetsCondition(p)) {
      if (flow >= 0 && !isFlowWritten) this.beginFlow(flow, history);
      this.writeReceived(p);
    } else if (isFlowWritten) {
      if (this.settings.conditional === 'alerts') this.writeReceived(p);
    } else if (flow >= 0 && row[p + Packet.PROTOCOL] === TCP && row[p + Packet.PAYLOAD_LENGTH]! > 0)
      this.hold(flow, p, history);
  }

  private meetsCondition(p: number): boolean {
    return this.settings.conditional === 'alerts'
      ? this.row[p + Packet.ALERTS]! > 0
      : (this.row[p + Packet.FLAGS]! & Packet.FLAG_TAGGED) !== 0;
  }

  private beginFlow(flow: number, history: History): void {
    this.marks!.add(flow, WRITTEN);
    history.takeFlow(flow, (bytes, start, end) => this.writeFrame(bytes, start, end));
  }

  private hold(flow: number, p: number, history: History): void {
    const wire = this.wireOf(p);
    if (wire < 0) return;
    const length = this.framing.frame(this.thread.memory, wire);
    history.append(flow, this.framing.bytes, length);
  }

  /** Writes what was received: this packet may come from a tunnel, or from fragments. */
  private writeReceived(p: number): void {
    const wire = this.wireOf(p);
    if (wire < 0) return;
    const earlier = this.row[wire + Packet.ROOT]!;
    if (earlier >= 0) this.writeOnce(earlier * Packet.INTS);
    this.writeOnce(wire);
  }

  private wireOf(p: number): number {
    const { row } = this;
    let wire = p;
    while (row[wire + Packet.PSEUDO] !== Packet.PSEUDO_NONE) {
      const root = row[wire + Packet.ROOT]!;
      if (root < 0 || row[wire + Packet.PSEUDO]! > Packet.PSEUDO_REASSEMBLED) return -1;
      wire = root * Packet.INTS;
    }
    return wire;
  }

  /** A tunnel packet may be requested by each packet inside it, also from other threads. */
  private writeOnce(p: number): void {
    const before = Atomics.or(this.row, p + Packet.FLAGS, Packet.FLAG_LOGGED);
    if ((before & Packet.FLAG_LOGGED) === 0) this.write(p);
  }

  private write(p: number): void {
    const length = this.framing.frame(this.thread.memory, p);
    this.writeFrame(this.framing.bytes, 0, length);
  }

  /** Passes a framed packet to the writer, unless the filter excludes it. */
  private writeFrame(bytes: Uint8Array, start: number, end: number): void {
    const { values } = this.thread.counters;
    if (this.filter && !this.matchesFilter(this.filter, bytes, start, end)) {
      values[this.filtered]!++;
      return;
    }
    this.log.write(bytes, start, end);
    values[this.written]!++;
  }

  private matchesFilter(filter: PacketFilter, bytes: Uint8Array, start: number, end: number): boolean {
    const header = viewOf(bytes.subarray(start, end));
    const data = start + FRAME_HEADER;
    return filter(
      bytes,
      data,
      end - data,
      header.getInt32(WIRE_LENGTH, true),
      header.getInt32(LINK_TYPE, true),
    );
  }
}
