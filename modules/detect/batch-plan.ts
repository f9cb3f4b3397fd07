/**
 * First pass over a batch: plans which data of each packet is scanned for patterns. No signature is evaluated here, so
 * that the whole batch can be scanned in one call.
 */

import type { Batch } from '../../engine/batch.js';
import { isFlowDecided } from '../../engine/flow/flow-decision.js';
import type { FlowRows } from '../../engine/flow/flow-record.js';
import type { Memory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { MAX_PATTERN_LENGTH } from '../../signatures/compile/fast-pattern.js';
import type { GroupRules, RuleSetImage } from '../../signatures/compile/image.js';
import type { FlowStates } from './flow-states.js';
import { NumberList } from './number-list.js';
import { followsStreams, packetGroup, streamGroup } from './port-rules.js';
import type { Scan } from './scan.js';
import type { StreamState } from './stream-state.js';

const TCP = 6;
const NONE = -1;

export class BatchPlan {
  /** Jobs of each packet of the batch, -1 for none: its payload, its payload scanned like a stream, its stream data. */
  payload = new Int32Array(1024);
  outsideStream = new Int32Array(1024);
  stream = new Int32Array(1024);
  /** Total bytes of payload: compared with the number of bytes scanned. */
  payloadBytes = 0;
  private readonly temporary = new NumberList();
  private readonly row: Int32Array;

  constructor(
    memory: Memory,
    private readonly flows: FlowRows,
    private readonly image: RuleSetImage,
    private readonly scan: Scan,
    private readonly states: FlowStates,
    /** Whether signatures inspect streams, not only packets. */
    private readonly inspectsStreams: boolean,
  ) {
    this.row = memory.row;
  }

  /** Plans the jobs of a batch and scans it. */
  run(batch: Batch): void {
    this.scan.clear();
    if (batch.length > this.payload.length) this.grow(batch.length);
    for (let i = 0; i < batch.length; i++) {
      this.payload[i] = NONE;
      this.outsideStream[i] = NONE;
      this.stream[i] = NONE;
      this.plan(i, batch.slots[i]! * Packet.INTS);
    }
    this.scan.run();
    for (let i = 0; i < this.temporary.length; i++) this.scan.closeStream(this.temporary.values[i]!);
    this.temporary.clear();
  }

  private plan(i: number, p: number): void {
    const { row } = this;
    const pseudo = row[p + Packet.PSEUDO]!;
    if (pseudo >= Packet.PSEUDO_FLOW_END) return;
    const skipped = Packet.FLAG_NO_INSPECTION | Packet.FLAG_NO_PAYLOAD_INSPECTION | Packet.FLAG_INVALID;
    if ((row[p + Packet.FLAGS]! & skipped) !== 0) return;
    const flow = row[p + Packet.FLOW]!;
    if (flow >= 0 && isFlowDecided(row, this.flows.row, p, flow)) return;
    if (row[p + Packet.PAYLOAD_LENGTH]! > 0 && pseudo !== Packet.PSEUDO_STREAM) this.planPayload(i, p, flow);
    if (flow < 0 || row[p + Packet.PROTOCOL] !== TCP) return;
    if ((row[p + Packet.FLAGS]! & Packet.FLAG_AFTER_GAP) !== 0) this.planEarly(i, p, flow);
    else this.planStream(i, p, flow);
  }

  private planPayload(i: number, p: number, flow: number): void {
    const { row } = this;
    const protocol = row[p + Packet.PROTOCOL]!;
    const toServer = flow < 0 || (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const group = packetGroup(
      this.image,
      protocol,
      toServer,
      row[p + Packet.SOURCE_PORT]!,
      row[p + Packet.DESTINATION_PORT]!,
    );
    const offset = row[p + Packet.PAYLOAD]!;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    this.payloadBytes += length;
    if (group.packetSearch >= 0) this.payload[i] = this.scan.add(group.packetSearch, 0, offset, length, 0);
    if (protocol !== TCP || (row[p + Packet.FLAGS]! & Packet.FLAG_IN_STREAM) !== 0 || group.streamSearch < 0)
      return;
    // A payload outside the stream is scanned as a stream of its own.
    const stream = this.scan.openStream(group.streamSearch);
    this.temporary.push(stream);
    this.outsideStream[i] = this.scan.add(group.streamSearch, stream, offset, length, 0);
  }

  private planStream(i: number, p: number, flow: number): void {
    const { row } = this;
    const length = row[p + Packet.STREAM_LENGTH]!;
    const gap = row[p + Packet.STREAM_GAP]!;
    if ((length === 0 && gap === 0) || !this.inspectsStreams) return;
    const toServer = (row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_TO_SERVER) !== 0;
    const group = streamGroup(this.image, this.flows, flow, toServer);
    if (!followsStreams(group)) return;
    const state = this.states.of(flow).stream(toServer);
    const data = row[p + Packet.STREAM_DATA]!;
    const early = gap === 0 ? this.scannedAfterGap(p, flow, toServer, group) : undefined;
    if (!early) {
      this.addStreamJob(i, state, group, data, length, gap);
      return;
    }
    // Up to the end of the longest pattern that begins before it.
    const rest = early.scannedFrom - state.scanned + MAX_PATTERN_LENGTH - 1;
    this.addStreamJob(i, state, group, data, Math.min(length, rest), 0);
    this.continueScanOf(early, state);
  }

  /** Data that waited after a gap, ends where this packet's data ends, and is long enough to continue the scan. */
  private scannedAfterGap(
    p: number,
    flow: number,
    toServer: boolean,
    group: GroupRules,
  ): StreamState | undefined {
    const { row } = this;
    const states = this.states.of(flow);
    const early = states.knownEarly(toServer);
    if (!early || early.scanner === 0 || early.database !== this.scan.databaseOf(group.streamSearch))
      return undefined;
    const start = row[p + Packet.STREAM_OFFSET]! >>> 0;
    const end = start + row[p + Packet.STREAM_LENGTH]!;
    const isEnd = states.stream(toServer).scanned === start && early.scanned === end;
    // If it is short, a pattern may begin before it and end after it.
    return isEnd && early.scannedFrom > start && end - early.scannedFrom >= MAX_PATTERN_LENGTH
      ? early
      : undefined;
  }

  /** The gap before it is filled, and the data after the gap was already scanned: the scan continues from there. */
  private continueScanOf(early: StreamState, state: StreamState): void {
    if (state.scanner !== 0) this.temporary.push(state.scanner);
    state.scanner = early.scanner;
    state.database = early.database;
    state.scanned = early.scanned;
    state.scannedFrom = early.scannedFrom;
    early.scanner = 0;
  }

  /** Data after a gap continues the scan of the data right before it; elsewhere it is a stream of its own. */
  private planEarly(i: number, p: number, flow: number): void {
    const { row } = this;
    if (!this.inspectsStreams) return;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const group = streamGroup(this.image, this.flows, flow, toServer);
    if (!followsStreams(group)) return;
    const state = this.states.of(flow).early(toServer);
    const away = (row[p + Packet.STREAM_OFFSET]! >>> 0) - state.scanned;
    this.addStreamJob(i, state, group, row[p + Packet.PAYLOAD]!, row[p + Packet.PAYLOAD_LENGTH]!, away);
  }

  /** @param gap bytes missing between the data already scanned and this data */
  private addStreamJob(
    i: number,
    state: StreamState,
    group: GroupRules,
    offset: number,
    length: number,
    gap: number,
  ): void {
    const database = group.streamSearch < 0 ? 0 : this.scan.databaseOf(group.streamSearch);
    // After a gap, or with other patterns than before, a new stream begins.
    if (state.scanner !== 0 && (gap !== 0 || state.database !== database)) {
      this.temporary.push(state.scanner);
      state.scanner = 0;
    }
    state.scanned += gap;
    if (group.streamSearch >= 0 && length > 0) {
      if (state.scanner === 0) {
        state.scanner = this.scan.openStream(group.streamSearch);
        state.scannedFrom = state.scanned;
        state.database = database;
      }
      this.stream[i] = this.scan.add(group.streamSearch, state.scanner, offset, length, state.scanned);
    }
    state.scanned += length;
  }

  private grow(length: number): void {
    this.payload = new Int32Array(length * 2);
    this.outsideStream = new Int32Array(length * 2);
    this.stream = new Int32Array(length * 2);
  }
}
