/** Inspects batches of packets with one rule set: plans and scans the whole batch, then decides packet by packet. */

import type { ApplicationLayer, ClosedFile } from '../../engine/application-layer.js';
import type { Batch } from '../../engine/batch.js';
import {
  addEvent,
  appendMembers,
  attachedMembers,
  attachMembers,
  EVENT_ANOMALY,
  EVENT_FRAME,
  EVENT_NONE,
  EVENT_OTHER,
  EVENT_TRANSACTION,
  isDroppedWithFlow,
} from '../../engine/event.js';
import { isFlowDecided } from '../../engine/flow/flow-decision.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { knownApplication } from '../../engine/flow/known-application.js';
import * as Packet from '../../engine/packet.js';
import { isDrop, REASON_FLOW_DROP, REASON_STREAM_ERROR } from '../../engine/verdict.js';
import * as Traits from '../../signatures/compile/traits.js';
import { Candidates } from './candidates.js';
import type { DetectionParts } from './detection-parts.js';
import { Evaluation } from './evaluation.js';
import { PacketStreams } from './packet-streams.js';
import type { StreamState } from './stream-state.js';
import type { TransactionEvaluator, TransactionInspection } from './transaction-inspection.js';
import type { TransactionPlan } from './transaction-plan.js';
import { Updates } from './updates.js';

export class Detection {
  protected readonly candidates: Candidates;
  protected readonly evaluation: Evaluation;
  private readonly streams: PacketStreams;
  protected updates: Updates | undefined;
  protected readonly row: Int32Array;
  protected readonly flows: Int32Array;
  private wire = -1;
  private closedFiles: readonly ClosedFile[] = [];
  private nextFile = 0;

  constructor(protected readonly parts: DetectionParts) {
    this.row = parts.thread.memory.row;
    this.flows = parts.thread.flows.row;
    this.candidates = new Candidates(parts);
    this.evaluation = new Evaluation(parts);
    this.streams = new PacketStreams(parts);
  }

  /**
   * Adds the inspection of transactions.
   * @param createInspection called with the evaluator
   */
  useTransactions(
    layer: ApplicationLayer,
    plan: TransactionPlan,
    createInspection: (evaluator: TransactionEvaluator) => TransactionInspection,
  ): void {
    const inspection = createInspection(this.evaluation);
    this.closedFiles = layer.closedFiles;
    this.updates = new Updates(this.parts, this.candidates, layer, plan, inspection);
    this.evaluation.subjects = this.updates;
  }

  process(batch: Batch): void {
    this.parts.states.releaseEnded();
    this.parts.plan.run(batch);
    this.updates?.begin();
    this.nextFile = 0;
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      if (this.row[slot * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_EVENT) this.event(slot);
      else this.packet(batch, i, slot);
    }
    batch.replace();
    this.parts.unlogged.clear();
  }

  /** The application layer has processed the whole batch: its events of packets after a drop are withdrawn. */
  protected event(slot: number): void {
    const e = slot * Packet.INTS;
    const root = this.row[e + Packet.ROOT]!;
    if (root < 0) return;
    const silenced = !this.parts.unlogged.isEmpty && this.isUnlogged(e);
    if (silenced || isDroppedWithFlow(this.row, root) || this.parts.bypassing.suppressesEvent(root))
      this.row[e + Packet.EVENT_KIND] = EVENT_NONE;
    else this.addVariablesToEvent(slot, root);
  }

  /** Records of the application layer include the variables of their flow, as alerts and the flow record do. */
  private addVariablesToEvent(slot: number, root: number): void {
    const { row } = this;
    const e = slot * Packet.INTS;
    const kind = row[e + Packet.EVENT_KIND]!;
    if (kind !== EVENT_TRANSACTION && kind !== EVENT_ANOMALY && kind !== EVENT_FRAME) return;
    const flow = row[e + Packet.FLOW]!;
    // Outputs recognise packet events by their lack of members.
    if (flow < 0 || row[e + Packet.PAYLOAD_LENGTH] === 0) return;
    const { metadata, thread } = this.parts;
    // The variables of a flow that has ended are attached to its end packet.
    const isEnd = row[root * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_FLOW_END;
    const members = isEnd ? attachedMembers(thread.memory, root) : metadata.members(flow);
    if (members !== '') appendMembers(thread, slot, members);
  }

  /** So do records of files, which are created after the whole batch was inspected. */
  private addVariablesToFiles(slot: number, flow: number): void {
    const closed = this.closedFiles;
    while (this.nextFile < closed.length && closed[this.nextFile]!.slot === slot)
      closed[this.nextFile++]!.metadata = this.parts.metadata.members(flow);
  }

  private isUnlogged(e: number): boolean {
    const { row } = this;
    if (row[e + Packet.EVENT_KIND] !== EVENT_TRANSACTION) return false;
    return this.parts.unlogged.has(row[e + Packet.FLOW]!, row[e + Packet.EVENT_TRANSACTION]!);
  }

  private packet(batch: Batch, i: number, slot: number): void {
    const { facts, queue, states } = this.parts;
    const p = slot * Packet.INTS;
    const pseudo = this.row[p + Packet.PSEUDO]!;
    if (pseudo < Packet.PSEUDO_STREAM) this.wire = slot;
    const flow = this.row[p + Packet.FLOW]!;
    if (
      (this.row[p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION) === 0 &&
      !(flow >= 0 && this.isDecided(p, flow))
    ) {
      facts.load(slot);
      queue.clear();
      this.parts.metadata.clear();
      this.streams.recordSequence(p);
      this.parts.streamData?.addPacket(p, flow, facts.toServer);
      this.load(slot, p, flow);
      if (pseudo === Packet.PSEUDO_FLOW_END) this.endOfFlow(slot);
      else this.inspect(i, p, pseudo);
      this.streams.releaseFinished();
      this.finalize(batch, slot, this.wireOf(p, pseudo));
      this.parts.bypassing.applyRequest();
    } else {
      this.updates?.skip(slot);
      if (flow >= 0) this.applyFlowAction(p, flow);
    }
    if (this.parts.metadata.hasPacketTexts) this.logCapturedTexts(batch, slot, flow);
    if (pseudo < Packet.PSEUDO_STREAM) this.parts.tags.packet(batch, slot, flow, facts.toServer);
    if (this.nextFile < this.closedFiles.length) this.addVariablesToFiles(slot, flow);
    if (pseudo === Packet.PSEUDO_FLOW_END && flow >= 0) {
      this.attachVariables(slot, flow);
      this.parts.unlogged.release(flow);
      states.end(flow);
      this.parts.bypassing.release(flow);
    }
  }

  protected finalize(batch: Batch, slot: number, wire: number): void {
    const { queue, finalizer } = this.parts;
    if (queue.length > 0 || queue.overflowed >= 0) finalizer.finalize(batch, slot, wire, queue);
  }

  /** Creates a separate record for texts captured in a packet. */
  private logCapturedTexts(batch: Batch, slot: number, flow: number): void {
    const { thread, metadata } = this.parts;
    const members = metadata.members(flow);
    metadata.clear();
    if (thread.wants(EVENT_OTHER))
      addEvent(thread, batch, EVENT_OTHER, slot, `"event_type":"metadata",${members}`);
  }

  /** Attaches the flow's variables to its end packet, for the flow record. */
  private attachVariables(slot: number, flow: number): void {
    const members = this.parts.metadata.members(flow);
    if (members !== '') attachMembers(this.parts.thread, slot, members);
  }

  /** The whole flow was dropped or passed: it is not inspected. */
  protected isDecided(p: number, flow: number): boolean {
    return isFlowDecided(this.row, this.flows, p, flow) || this.parts.bypassing.has(p, flow);
  }

  private applyFlowAction(p: number, flow: number): void {
    const { row } = this;
    const action = this.flows[flow * Flow.INTS + Flow.ACTION];
    if (action === Flow.ACTION_PASS && row[p + Packet.VERDICT] === Packet.VERDICT_NONE)
      row[p + Packet.VERDICT] = Packet.VERDICT_PASS;
    if (action !== Flow.ACTION_DROP) return;
    // Stream tracking does not see packets of a dropped flow.
    if (isDrop(row[p + Packet.VERDICT]!) && row[p + Packet.REASON] !== REASON_STREAM_ERROR) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_FLOW_DROP;
  }

  /** Stream data without a packet of its own is attributed to the packet it came with. */
  protected wireOf(p: number, pseudo: number): number {
    const slot = p / Packet.INTS;
    if (pseudo !== Packet.PSEUDO_STREAM || this.wire < 0) return slot;
    const w = this.wire * Packet.INTS;
    const same =
      this.row[w + Packet.NUMBER] === this.row[p + Packet.NUMBER] &&
      this.row[w + Packet.SOURCE] === this.row[p + Packet.SOURCE];
    return same ? this.wire : slot;
  }

  protected load(slot: number, p: number, flow: number): void {
    const { at, facts, currentFlow, header } = this.parts;
    at.slot = slot;
    at.p = p;
    at.flow = flow;
    at.f = flow * Flow.INTS;
    at.toServer = facts.toServer;
    at.transaction = undefined;
    currentFlow.load(flow);
    currentFlow.application =
      flow >= 0 ? knownApplication(this.row[p + Packet.FLOW_STATE]!, this.flows, at.f) : 0;
    header.application = currentFlow.application > 0 ? this.parts.applications[currentFlow.application]! : -1;
  }

  protected inspect(i: number, p: number, pseudo: number): void {
    this.inspectPacket(i, p, pseudo);
    this.updates?.inspect(this.parts.at.slot);
  }

  /** Inspects the packet itself, and its stream. */
  protected inspectPacket(i: number, p: number, pseudo: number): void {
    const { at } = this.parts;
    const { candidates, evaluation, streams } = this;
    candidates.clear();
    evaluation.settled.clear();
    if (pseudo !== Packet.PSEUDO_STREAM) candidates.addPacketCandidates(i, p);
    const data = streams.take(i, p);
    this.updates?.flushStreams(at.slot);
    const state = streams.takeEarly(i, p) ?? streams.toInspect(p, data);
    if (state)
      candidates.addStreamCandidates(state, streams.isToServer(state), streams.groupOf(state).streamAlways);
    this.evaluate(state);
    if (state) this.parts.streams.inspected(state, evaluation.settled, streams.groupOf(state).reach);
  }

  private evaluate(state: StreamState | undefined): void {
    const { list } = this.candidates;
    if (list.length === 0) return;
    list.sortUnique();
    this.evaluation.evaluate(list, state);
  }

  /** Inspects both directions to their ends. */
  protected endOfFlow(slot: number): void {
    const { at, facts, currentFlow, streams } = this.parts;
    if (facts.transport === Traits.TCP) facts.establish();
    this.candidates.clear();
    for (const toServer of [true, false]) {
      const state = currentFlow.stream(toServer);
      if (!state) continue;
      state.ended = true;
      state.flush = true;
      if (!streams.isReady(state, 0)) continue;
      facts.setDirection(toServer);
      at.toServer = toServer;
      this.candidates.list.clear();
      this.candidates.addStreamCandidates(state, toServer, this.streams.groupOf(state).streamAlways);
      this.evaluate(state);
    }
    this.updates?.inspect(slot);
  }
}
