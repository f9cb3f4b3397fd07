/**
 * The application layer: detects the protocol of each flow, runs its parser over the flow's two streams (or its
 * datagrams), and reports to detection, in packet order, what became visible in which transaction.
 */

import type { ApplicationState } from '../engine/application/application-state.js';
import { guardPlugins } from '../engine/application/guarded-protocol.js';
import { loadProtocols, PROTOCOL_OPTIONS, PROTOCOL_PLUGINS } from '../engine/application/load-protocols.js';
import { APPLICATION_OPTIONS } from '../engine/application/options.js';
import { PacketAnnotations } from '../engine/application/packet-annotations.js';
import { PARSER_ERROR_OPTIONS } from '../engine/application/parser-errors.js';
import { PROBING_OPTIONS } from '../engine/application/probing.js';
import { SessionTable } from '../engine/application/session-table.js';
import type {
  ApplicationLayer,
  ApplicationSession,
  ClosedFile,
  FinishedListener,
  TransactionUpdate,
} from '../engine/application-layer.js';
import { Batch } from '../engine/batch.js';
import { DecidedFlows } from '../engine/flow/decided-flows.js';
import { isFlowDropped } from '../engine/flow/flow-decision.js';
import { FLOW_TABLE, type FlowTable } from '../engine/flow/flow-table.js';
import { swapRecord } from '../engine/flow/swapped-flow.js';
import { FRAME_PAYLOAD } from '../engine/frames/frame-outputs.js';
import { defineModule, type Thread, type ThreadModule } from '../engine/module.js';
import * as Packet from '../engine/packet.js';
import type { Protocol } from '../engine/protocol.js';

const TCP = 6;
const UDP = 17;

export default defineModule({
  summary: 'detects and parses application protocols',
  kind: 'stage',
  perFlow: true,
  after: ['flow', 'stream'],
  uses: ['streams'],
  options: [
    ...APPLICATION_OPTIONS,
    ...PARSER_ERROR_OPTIONS,
    ...PROTOCOL_OPTIONS,
    ...PROBING_OPTIONS,
    FRAME_PAYLOAD,
  ],
  async create(thread) {
    const own = await loadProtocols();
    const plugins = thread.config.read(PROTOCOL_PLUGINS);
    if (plugins.length === 0) return new Application(thread, own);
    return new Application(thread, guardPlugins(await loadProtocols(plugins), own, thread));
  },
});

export class Application implements ThreadModule, ApplicationLayer {
  readonly updates: TransactionUpdate[];
  readonly closedFiles: readonly ClosedFile[];
  private readonly sessions: SessionTable;
  private readonly settled: DecidedFlows;
  /** The current batch, and the index of the current packet in it. */
  private batch!: Batch;
  private index = 0;
  /** Number of the part of a batch that is inspected at once, counted over all batches. */
  private part = 0;
  private readonly ahead = new Batch();
  private readonly notes: PacketAnnotations;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(
    private readonly thread: Thread,
    readonly protocols: readonly Protocol[],
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.bytes = thread.memory.bytes;
    this.settled = new DecidedFlows(thread);
    this.sessions = new SessionTable(thread, protocols);
    this.updates = this.sessions.reporter.updates;
    this.closedFiles = this.sessions.reporter.closedFiles;
    thread.services.set('application-layer', this);
    this.notes = new PacketAnnotations(thread);
    const table = thread.services.get(FLOW_TABLE) as FlowTable | undefined;
    this.sessions.setSwap(() => (table ? table.swap(this.batch, this.index) : this.exchange()));
  }

  reload(shared: Thread['shared']): void {
    this.sessions.reload(shared);
  }

  useFrames(names: ReadonlySet<string>): void {
    this.sessions.useFrames(names);
  }

  onFinished(listener: FinishedListener): void {
    const { reporter } = this.sessions;
    const before = reporter.finished;
    reporter.finished = before
      ? (...finished) => {
          before(...finished);
          listener(...finished);
        }
      : listener;
  }

  sessionOf(flow: number): ApplicationSession | undefined {
    return this.sessions.find(flow)?.session;
  }

  process(batch: Batch): void {
    this.part++;
    this.sessions.reporter.begin(batch);
    this.batch = batch;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      if (this.mayAlterReported(slot * Packet.INTS)) this.sendAhead(batch);
      batch.keep(slot);
      this.index = i;
      this.packet(slot, slot * Packet.INTS);
      this.notes.reportRead(slot * Packet.INTS);
    }
    batch.replace();
    this.sessions.updateGauges();
  }

  /**
   * Whether a packet adds data to a flow that has changes reported in this batch and not yet inspected, and may alter
   * them: transactions that are complete and freed cannot change.
   */
  private mayAlterReported(p: number): boolean {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    if (flow < 0 || this.updates.length === 0) return false;
    const state = this.sessions.find(flow);
    if (state?.reportedInPart !== this.part || !state.isOpen) return false;
    if (row[p + Packet.PROTOCOL] === TCP) return Packet.carriesStream(row, p);
    return row[p + Packet.PAYLOAD_LENGTH]! > 0 && row[p + Packet.PSEUDO]! < Packet.PSEUDO_STREAM;
  }

  /** Has the changes reported so far inspected in their current state. */
  private sendAhead(batch: Batch): void {
    batch.moveKeptTo(this.ahead);
    this.thread.forward(this.ahead);
    this.part++;
    this.sessions.reporter.begin(batch);
  }

  /** Another thread owns the flow table: packets are turned on arrival, the row when its owner is done with it. */
  private exchange(): void {
    const slot = this.batch.slots[this.index]!;
    this.sessions.find(this.row[slot * Packet.INTS + Packet.FLOW]!)!.swapDeferred = true;
    this.turn(slot);
  }

  private turn(slot: number): void {
    this.row[slot * Packet.INTS + Packet.FLOW_STATE]! ^= Packet.FLOW_TO_SERVER;
    Packet.swapFlowCounts(this.row, this.thread.memory.row64, slot);
  }

  private packet(slot: number, p: number): void {
    const { row } = this;
    const flow = row[p + Packet.FLOW]!;
    const pseudo = row[p + Packet.PSEUDO]!;
    if (flow < 0 || pseudo === Packet.PSEUDO_EVENT) return;
    const known = this.sessions.find(flow);
    if (pseudo === Packet.PSEUDO_FLOW_END) {
      this.notes.storeProtocols(p, flow);
      if (known?.swapDeferred) Packet.swapFlowCounts(row, this.thread.memory.row64, slot);
      this.sessions.endFlow(slot, p, flow);
      if (known?.swapDeferred) swapRecord(this.thread.flows, flow);
      return;
    }
    // Data after a drop is not parsed.
    if (isFlowDropped(this.flows, flow)) return;
    if (known?.bypassed) this.settled.bypassed.mark(p, flow);
    if (known?.policyApplied && this.settled.applyTo(p, flow)) {
      this.notes.storeProtocols(p, flow);
      return;
    }
    if (known?.swapDeferred) this.turn(slot);
    const protocol = row[p + Packet.PROTOCOL];
    if (protocol === TCP) this.segment(p, flow);
    else if (protocol === UDP && pseudo !== Packet.PSEUDO_STREAM) this.datagram(p, flow);
    this.notes.storeProtocols(p, flow);
    const state = this.sessions.find(flow);
    if (!state) return;
    if (pseudo < Packet.PSEUDO_STREAM) this.notes.requestInspection(p, state);
    this.report(slot, p, state);
  }

  private report(slot: number, p: number, state: ApplicationState): void {
    const { row } = this;
    if (state.encrypted) row[p + Packet.FLAGS]! |= Packet.FLAG_NO_PAYLOAD_INSPECTION;
    if (state.isReported) return;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const { reporter } = this.sessions;
    const before = reporter.updates.length;
    reporter.report(slot, state, toServer);
    if (reporter.updates.length > before) state.reportedInPart = this.part;
  }

  private segment(p: number, flow: number): void {
    const { row, sessions } = this;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    const beyond = (flags & Packet.STREAM_BEYOND) !== 0;
    const length = beyond ? 0 : row[p + Packet.STREAM_LENGTH]!;
    const missing = beyond ? 0 : row[p + Packet.STREAM_GAP]!;
    const ends = (flags & (Packet.STREAM_END | Packet.STREAM_RESET)) !== 0;
    if (length === 0 && missing === 0 && !ends) return;
    const context = sessions.contextOf(p, flow, (flags & Packet.STREAM_TO_SERVER) !== 0);
    if (context.state.ignored) return;
    const data = row[p + Packet.STREAM_DATA]!;
    if (missing > 0) sessions.gap(context, missing);
    if (length > 0) sessions.data(context, this.bytes, data, data + length);
    const over = (flags & Packet.STREAM_DEPTH) === 0;
    if (ends) sessions.endDirection(context, (flags & Packet.STREAM_RESET) !== 0, over);
  }

  private datagram(p: number, flow: number): void {
    const { row } = this;
    const length = row[p + Packet.PAYLOAD_LENGTH]!;
    if (length <= 0) return;
    const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
    const context = this.sessions.contextOf(p, flow, toServer);
    if (context.state.ignored) return;
    const start = row[p + Packet.PAYLOAD]!;
    this.sessions.datagram(context, this.bytes, start, start + length);
  }
}
