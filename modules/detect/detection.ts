/** Inspects batches of packets with one rule set: plans and scans the whole batch, then judges packet by packet. */
import type { Batch } from '../../engine/batch.js';
import {
  attachMembers,
  EVENT_NONE,
  EVENT_OTHER,
  EVENT_TRANSACTION,
  isDroppedWithFlow,
  keepEvent,
} from '../../engine/event.js';
import * as Flow from '../../engine/flow-record.js';
import { Frame } from '../../engine/frames/frame.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { ApplicationLayer, TransactionUpdate } from '../../engine/protocol.js';
import { REASON_FLOW_DROP, REASON_STREAM_ERROR } from '../../engine/verdict.js';
import { pieceOf } from '../../signatures/compile/address-index.js';
import * as Header from '../../signatures/compile/header.js';
import type { GroupRules, RuleSetImage } from '../../signatures/compile/image.js';
import * as Traits from '../../signatures/compile/traits.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { Unlogged } from '../../signatures/state/unlogged.js';
import {
  type AlertQueue,
  MATCH_GUESSED,
  MATCH_STREAM,
  MATCH_TRANSACTION,
  type Subject,
} from './alert-queue.js';
import type { BatchPlan } from './batch-plan.js';
import type { FlowState, FlowStates } from './flow-states.js';
import type { HeaderTest } from './header-test.js';
import type { Judgement } from './judgement.js';
import type { Notes } from './notes.js';
import { NumberList } from './number-list.js';
import { applicationOf, type PacketFacts } from './packet-facts.js';
import { followsStreams, packetGroup, streamGroup } from './port-rules.js';
import { allHold, type Rule, type Rules, setBuffer } from './rule.js';
import type { Scan } from './scan.js';
import type { ShownStreams } from './shown-stream.js';
import type { StreamInspection } from './stream-inspection.js';
import type { StreamState } from './stream-state.js';
import type { PacketTags } from './tags.js';
import type { TransactionInspection, TransactionJudge } from './transaction-inspection.js';
import type { TransactionPlan } from './transaction-plan.js';

/** Bits of `FlowRecord.DETECT_FLAGS`: addresses were looked at in this direction. */
const IP_ONLY_TO_SERVER = 1 << 0;
const IP_ONLY_TO_CLIENT = 1 << 1;

const TCP = 6;
const TCP_SYN = 2;

/** Candidates are numbers of signatures times two; the stream comes first. */
const FROM_PACKET = 1;

/** All that inspecting with one rule set takes. */
export interface DetectionParts {
  readonly thread: Thread;
  readonly image: RuleSetImage;
  readonly facts: PacketFacts;
  readonly header: HeaderTest;
  readonly rules: Rules;
  readonly scan: Scan;
  readonly states: FlowStates;
  readonly plan: BatchPlan;
  readonly streams: StreamInspection;
  readonly queue: AlertQueue;
  readonly judgement: Judgement;
  readonly at: Inspection;
  readonly tags: PacketTags;
  readonly notes: Notes;
  readonly unlogged: Unlogged;
  readonly chunkToServer: number;
  readonly chunkToClient: number;
  /** Number among `image.applicationNames` of each application protocol, by number of the protocol. */
  readonly applications: Int32Array;
  /** Present when outputs show streams with alerts. */
  readonly shown?: ShownStreams;
  /** Alerts in streams are logged with the transaction in hand. */
  readonly guessesTransactions: boolean;
  /** Called with each alert that the queue had no room for. */
  overflow(): void;
  /** Told of each signature all of whose conditions hold. */
  matched?(signature: number): void;
}

export class Detection implements TransactionJudge {
  private readonly candidates = new NumberList();
  private readonly found = new NumberList();
  private readonly settled = new NumberList();
  /** Signatures of transactions whose pattern was found in the payload. */
  private readonly inPayload = new NumberList();
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  /** Number of the application protocol in hand, from 1; 0 or less: none. */
  private application = 0;
  private applicationLayer: ApplicationLayer | undefined;
  private transactionPlan: TransactionPlan | undefined;
  private transactions: TransactionInspection | undefined;
  private nextUpdate = 0;
  private wire = -1;
  private flowState: FlowState | undefined;

  constructor(private readonly parts: DetectionParts) {
    this.row = parts.thread.memory.row;
    this.flows = parts.thread.flows.row;
  }

  /** Adds the inspection of transactions. */
  useTransactions(layer: ApplicationLayer, plan: TransactionPlan, inspection: TransactionInspection): void {
    this.applicationLayer = layer;
    this.transactionPlan = plan;
    this.transactions = inspection;
  }

  process(batch: Batch): void {
    const { applicationLayer } = this;
    this.parts.plan.run(batch);
    this.nextUpdate = 0;
    if (applicationLayer) this.transactionPlan!.run(applicationLayer.updates);
    for (let i = 0; i < batch.length; i++) {
      const slot = batch.slots[i]!;
      batch.keep(slot);
      if (this.row[slot * Packet.INTS + Packet.PSEUDO] === Packet.PSEUDO_EVENT) this.event(slot);
      else this.packet(batch, i, slot);
    }
    batch.replace();
    this.parts.unlogged.clear();
  }

  /** The application layer read the whole batch: what it told of packets behind a drop is taken back. */
  private event(slot: number): void {
    const e = slot * Packet.INTS;
    const root = this.row[e + Packet.ROOT]!;
    if (root < 0) return;
    const { unlogged } = this.parts;
    const silenced = !unlogged.isEmpty && this.isOf(e, unlogged);
    if (silenced || isDroppedWithFlow(this.row, root)) this.row[e + Packet.EVENT_KIND] = EVENT_NONE;
  }

  private isOf(e: number, unlogged: Unlogged): boolean {
    const { row } = this;
    if (row[e + Packet.EVENT_KIND] !== EVENT_TRANSACTION) return false;
    return unlogged.has(row[e + Packet.FLOW]!, row[e + Packet.EVENT_TRANSACTION]!);
  }

  // ── one packet ──

  private packet(batch: Batch, i: number, slot: number): void {
    const { facts, queue, states } = this.parts;
    const p = slot * Packet.INTS;
    const pseudo = this.row[p + Packet.PSEUDO]!;
    if (pseudo < Packet.PSEUDO_STREAM) this.wire = slot;
    const flow = this.row[p + Packet.FLOW]!;
    if (
      (this.row[p + Packet.FLAGS]! & Packet.FLAG_NO_INSPECTION) === 0 &&
      !(flow >= 0 && this.isJudged(p, flow))
    ) {
      facts.load(slot);
      queue.clear();
      this.parts.notes.clear();
      this.parts.shown?.take(p, flow, facts.toServer);
      this.load(slot, p, flow);
      if (pseudo === Packet.PSEUDO_FLOW_END) this.endOfFlow(slot);
      else this.inspect(i, p, pseudo);
      if (queue.length > 0 || queue.overflowed >= 0)
        this.parts.judgement.judge(batch, slot, this.wireOf(p, pseudo), queue);
    } else {
      this.skipUpdates(slot);
      if (flow >= 0) this.dropWithFlow(p, flow);
    }
    if (this.parts.notes.hasPacketTexts) this.tellTexts(batch, slot, flow);
    if (pseudo < Packet.PSEUDO_STREAM) this.parts.tags.packet(batch, slot, flow, facts.toServer);
    if (pseudo === Packet.PSEUDO_FLOW_END && flow >= 0) {
      this.tellNotes(slot, flow);
      this.parts.unlogged.release(flow);
      states.release(flow);
    }
  }

  /** A record of its own for what was captured in a packet. */
  private tellTexts(batch: Batch, slot: number, flow: number): void {
    const { thread, notes } = this.parts;
    const members = notes.members(flow);
    notes.clear();
    if (thread.wants(EVENT_OTHER))
      keepEvent(thread, batch, EVENT_OTHER, slot, `"event_type":"metadata",${members}`);
  }

  /** What signatures noted travels with the end of the flow, for its record. */
  private tellNotes(slot: number, flow: number): void {
    const members = this.parts.notes.members(flow);
    if (members !== '') attachMembers(this.parts.thread, slot, members);
  }

  /** The whole flow was dropped or passed: nothing of it is inspected. */
  private isJudged(p: number, flow: number): boolean {
    const state = this.row[p + Packet.FLOW_STATE]!;
    const action = this.flows[flow * Flow.INTS + Flow.ACTION]!;
    return (
      (state & (Packet.FLOW_DROPPED | Packet.FLOW_PASSED | Packet.FLOW_BYPASSED)) !== 0 ||
      action === Flow.ACTION_DROP ||
      action === Flow.ACTION_PASS
    );
  }

  private dropWithFlow(p: number, flow: number): void {
    const { row } = this;
    if (this.flows[flow * Flow.INTS + Flow.ACTION] !== Flow.ACTION_DROP) return;
    // The session would not have been asked about a packet of a dropped flow.
    if (row[p + Packet.VERDICT]! >= Packet.VERDICT_DROP && row[p + Packet.REASON] !== REASON_STREAM_ERROR)
      return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_FLOW_DROP;
  }

  /** Stream data without a packet of its own is judged with the packet that it came with. */
  private wireOf(p: number, pseudo: number): number {
    const slot = p / Packet.INTS;
    if (pseudo !== Packet.PSEUDO_STREAM || this.wire < 0) return slot;
    const w = this.wire * Packet.INTS;
    const same =
      this.row[w + Packet.NUMBER] === this.row[p + Packet.NUMBER] &&
      this.row[w + Packet.SOURCE] === this.row[p + Packet.SOURCE];
    return same ? this.wire : slot;
  }

  private load(slot: number, p: number, flow: number): void {
    const { at, facts, header } = this.parts;
    at.slot = slot;
    at.p = p;
    at.flow = flow;
    at.f = flow * Flow.INTS;
    at.toServer = facts.toServer;
    at.transaction = undefined;
    this.flowState = flow >= 0 ? this.parts.states.find(flow) : undefined;
    const application = flow >= 0 ? applicationOf(this.row[p + Packet.FLOW_STATE]!, this.flows, at.f) : 0;
    this.application = application;
    header.application = application > 0 ? this.parts.applications[application]! : -1;
  }

  private inspect(i: number, p: number, pseudo: number): void {
    const { facts } = this.parts;
    const { candidates } = this;
    candidates.clear();
    this.inPayload.clear();
    if (this.parts.image.usesStreamSize && facts.transport === Traits.TCP && facts.flow >= 0)
      this.noteSequence(p, pseudo);
    if (pseudo !== Packet.PSEUDO_STREAM) this.collectPacket(i, p);
    const data = this.takeStream(i, p);
    this.flushForUpdates(this.parts.at.slot);
    const state =
      facts.flow >= 0 && facts.transport === Traits.TCP ? this.streamToInspect(p, data) : undefined;
    if (state) this.collectStream(state);
    if (candidates.length > 0) {
      candidates.sortUnique();
      this.evaluate(state);
    }
    if (state) this.parts.streams.inspected(state, this.settled, this.reachOf(state));
    this.inspectUpdates(this.parts.at.slot);
  }

  private noteSequence(p: number, pseudo: number): void {
    if (pseudo === Packet.PSEUDO_STREAM) return;
    const { row } = this;
    const { facts, states } = this.parts;
    this.flowState = states.of(facts.flow);
    const isSyn = (row[p + Packet.TCP_FLAGS]! & TCP_SYN) !== 0;
    this.flowState
      .stream(facts.toServer)
      .noteSequence(row[p + Packet.TCP_SEQ]! >>> 0, facts.payloadLength, isSyn);
  }

  /** Both directions are inspected to their ends. */
  private endOfFlow(slot: number): void {
    const { flowState } = this;
    const { facts } = this.parts;
    if (facts.transport === Traits.TCP) facts.establish();
    for (const toServer of flowState ? [true, false] : []) {
      const state = flowState!.stream(toServer);
      state.ended = true;
      state.flush = true;
      if (!this.parts.streams.isReady(state, 0)) continue;
      facts.turn(toServer);
      this.parts.at.toServer = toServer;
      this.candidates.clear();
      this.collectStream(state);
      this.candidates.sortUnique();
      this.evaluate(state);
    }
    this.inspectUpdates(slot);
  }

  // ── candidates ──

  private collectPacket(i: number, p: number): void {
    const { facts, image, plan } = this.parts;
    const protocol = facts.version === 0 ? -1 : this.row[p + Packet.PROTOCOL]!;
    const group = packetGroup(image, protocol, facts.toServer, facts.sourcePort, facts.destinationPort);
    this.addAlways(group.packetAlways, FROM_PACKET);
    if ((facts.have & Header.NEED_EVENTS) !== 0) this.addAlways(image.events, FROM_PACKET);
    this.addIpOnly();
    this.addFound(plan.payload[i]!);
    this.addFound(plan.loose[i]!);
    if (this.isLoose(p, protocol)) this.addAlways(group.streamAlways, FROM_PACKET);
  }

  /** Its payload lies outside of the stream, and is looked at as if it were one. */
  private isLoose(p: number, protocol: number): boolean {
    const elsewhere = Packet.FLAG_IN_STREAM | Packet.FLAG_NO_PAYLOAD_INSPECTION;
    const { row } = this;
    return (
      protocol === TCP && row[p + Packet.PAYLOAD_LENGTH]! > 0 && (row[p + Packet.FLAGS]! & elsewhere) === 0
    );
  }

  private addFound(job: number): void {
    const { scan } = this.parts;
    if (job < 0 || !scan.hasMatches(job)) return;
    this.found.clear();
    scan.read(job, this.found);
    for (let i = 0; i < this.found.length; i++) {
      const signature = this.found.values[i]!;
      if (this.isOfTransactions(signature)) this.inPayload.push(signature);
      else this.candidates.push(signature * 2 + FROM_PACKET);
    }
  }

  private isOfTransactions(signature: number): boolean {
    const options = this.parts.image.header[signature * Header.INTS + Header.OPTIONS]!;
    return (options & Header.OPTION_ON_TRANSACTIONS) !== 0;
  }

  private addAlways(list: Uint32Array, from: number): void {
    const { header } = this.parts;
    for (let i = 0; i < list.length; i++) {
      if (header.holds(list[i]!)) this.candidates.push(list[i]! * 2 + from);
    }
  }

  /** Signatures of nothing but addresses are looked at once for each direction of a flow. */
  private addIpOnly(): void {
    const { facts, image } = this.parts;
    if (facts.version === 0) return;
    if (facts.flow >= 0) {
      const bit = facts.toServer ? IP_ONLY_TO_SERVER : IP_ONLY_TO_CLIENT;
      const flags = facts.f + Flow.DETECT_FLAGS;
      if ((this.flows[flags]! & bit) !== 0) return;
      this.flows[flags]! |= bit;
      facts.have |= Header.NEED_FIRST_OF_DIRECTION;
    }
    const { bySource, byDestination, always } = image.ipOnly;
    this.addAlways(always, FROM_PACKET);
    this.addByAddress(bySource, facts.source);
    this.addByAddress(byDestination, facts.destination);
  }

  private addByAddress(index: RuleSetImage['ipOnly']['bySource'], address: number): void {
    const { facts } = this.parts;
    if (facts.version === 6) {
      this.addAlways(index.v6, FROM_PACKET);
      return;
    }
    const piece = pieceOf(index, facts.addresses.getUint32(address));
    const last = index.starts[piece + 1]!;
    for (let i = index.starts[piece]!; i < last; i++)
      this.candidates.push(index.signatures[i]! * 2 + FROM_PACKET);
  }

  // ── streams ──

  /** @returns the state that took the packet's stream data */
  private takeStream(i: number, p: number): StreamState | undefined {
    const { row } = this;
    const { facts, image, plan } = this.parts;
    if (facts.flow < 0 || facts.transport !== Traits.TCP) return undefined;
    const flags = row[p + Packet.STREAM_FLAGS]!;
    if (row[p + Packet.STREAM_LENGTH] === 0 && row[p + Packet.STREAM_GAP] === 0 && flags === 0)
      return undefined;
    const toServer = (flags & Packet.STREAM_TO_SERVER) !== 0;
    const group = streamGroup(image, this.parts.thread.flows, facts.flow, toServer);
    if (!followsStreams(group)) return undefined;
    this.flowState = this.parts.states.of(facts.flow);
    const state = this.flowState.stream(toServer);
    this.parts.streams.take(state, p, plan.stream[i]!, group);
    return state;
  }

  /**
   * Inline, the data of this packet is inspected with it. After the fact, a packet has the acknowledged data of its
   * own direction inspected.
   */
  private streamToInspect(p: number, data: StreamState | undefined): StreamState | undefined {
    const { streams, facts } = this.parts;
    const inline = (this.row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_INLINE) !== 0;
    if (inline && data) return streams.isReady(data, 1) ? data : undefined;
    // Nothing came over the wire: what is left is inspected with the next packet, or at the end of the flow.
    if (this.row[p + Packet.PSEUDO] === Packet.PSEUDO_STREAM) return undefined;
    const state = this.flowState?.stream(facts.toServer);
    const chunk = facts.toServer ? this.parts.chunkToServer : this.parts.chunkToClient;
    return state && streams.isReady(state, chunk) ? state : undefined;
  }

  private collectStream(state: StreamState): void {
    this.settled.clear();
    const { candidates } = state;
    for (let i = 0; i < candidates.length; i++) {
      const signature = candidates.values[i]!;
      if (!this.isOfTransactions(signature)) this.candidates.push(signature * 2);
    }
    this.addAlways(this.groupOf(state).streamAlways, 0);
  }

  private groupOf(state: StreamState): GroupRules {
    const { image, facts, thread } = this.parts;
    return streamGroup(image, thread.flows, facts.flow, state === this.flowState!.toServer);
  }

  private reachOf(state: StreamState): number {
    return this.groupOf(state).reach;
  }

  // ── evaluation ──

  private evaluate(state: StreamState | undefined): void {
    const { candidates } = this;
    for (let i = 0; i < candidates.length; i++) {
      const signature = candidates.values[i]! >> 1;
      const fromPacket = (candidates.values[i]! & 1) === FROM_PACKET;
      if (fromPacket) {
        this.evaluateOnPacket(signature);
        continue;
      }
      const matched = this.evaluateOnStream(signature, state!);
      if (matched && candidates.values[i + 1] === candidates.values[i]! + 1) i++;
    }
  }

  private evaluateOnPacket(signature: number): void {
    const { row } = this;
    const { at, image } = this.parts;
    const repeated = (row[at.p + Packet.FLAGS]! & Packet.FLAG_REPEATED) !== 0;
    const onlyStream =
      (image.header[signature * Header.INTS + Header.OPTIONS]! & Header.OPTION_ONLY_STREAM) !== 0;
    if ((onlyStream && !repeated) || !this.admits(signature)) return;
    const rule = this.parts.rules.at(signature);
    const start = row[at.p + Packet.PAYLOAD]!;
    const end = start + row[at.p + Packet.PAYLOAD_LENGTH]!;
    if (rule.payload.length > 0 && end === start) return;
    for (let i = 0; i < rule.payload.length; i++) {
      setBuffer(at, this.parts.thread.memory.bytes, start, end, true, true);
      if (!rule.payload[i]!(at)) return;
    }
    const inStream = repeated && isOfStreams(image.header[signature * Header.INTS + Header.KIND]!);
    if (allHold(rule.headers, at)) this.matchWithSubject(rule, inStream ? MATCH_STREAM : 0);
  }

  /** @returns whether it matched */
  private evaluateOnStream(signature: number, state: StreamState): boolean {
    if (!this.admits(signature)) {
      this.settled.push(signature);
      return false;
    }
    const rule = this.parts.rules.at(signature);
    if (!this.parts.streams.holds(state, rule, this.parts.at)) return false;
    state.noteMatch(signature, state.history.to);
    this.settled.push(signature);
    this.matchWithSubject(rule, MATCH_STREAM);
    return true;
  }

  /** Header and conditions without a buffer hold. */
  admits(signature: number): boolean {
    if (!this.parts.header.holds(signature)) return false;
    this.parts.at.signature = signature;
    return allHold(this.parts.rules.at(signature).conditions, this.parts.at);
  }

  private match(rule: Rule, subject: Subject | undefined, flags: number): void {
    const { at, queue, image } = this.parts;
    this.parts.matched?.(rule.number);
    allDone(rule, at);
    const h = rule.number * Header.INTS;
    const silent = (image.header[h + Header.OPTIONS]! & Header.OPTION_NO_ALERT) !== 0;
    if (silent && image.header[h + Header.ACTION] === Header.ACTION_ALERT) return;
    const context = this.parts.notes.takeContext(rule.number);
    if (queue.add(rule.number, subject, flags, at.toServer, context)) return;
    this.parts.overflow();
    if (queue.overflowed < 0 && isDropping(image.header[h + Header.ACTION]!)) queue.overflowed = rule.number;
  }

  /** A match in a stream, or of an application signature in a datagram, is logged with the transaction in hand. */
  private matchWithSubject(rule: Rule, flags: number): void {
    const { facts, image, at } = this.parts;
    const isDatagram = facts.transport === Traits.UDP;
    const application = image.header[rule.number * Header.INTS + Header.APPLICATION]! >= 0;
    const guesses = this.parts.guessesTransactions && (flags & MATCH_STREAM) !== 0;
    const wanted = isDatagram ? application : guesses;
    const subject = wanted && facts.flow >= 0 ? this.subjectInHand(at.slot, at.toServer) : undefined;
    if (subject) flags |= isDatagram ? MATCH_TRANSACTION : MATCH_GUESSED;
    this.match(rule, subject, flags);
  }

  private subjectInHand(slot: number, toServer: boolean): Subject | undefined {
    const updates = this.applicationLayer?.updates ?? [];
    for (let u = this.nextUpdate; u < updates.length && updates[u]!.slot === slot; u++) {
      if (updates[u]!.toServer === toServer && !(updates[u]!.transaction instanceof Frame))
        return subjectOf(updates[u]!);
    }
    return toServer ? this.flowState?.subjectToServer : this.flowState?.subjectToClient;
  }

  /** What is complete in its direction is not in hand any more. */
  private noteSubject(update: TransactionUpdate): void {
    const { facts } = this.parts;
    const subject = update.complete ? undefined : subjectOf(update);
    if (facts.flow < 0 || (!subject && !this.flowState)) return;
    this.flowState ??= this.parts.states.of(facts.flow);
    if (update.toServer) this.flowState.subjectToServer = subject;
    else this.flowState.subjectToClient = subject;
  }

  // ── transactions ──

  private inspectUpdates(slot: number): void {
    const updates = this.applicationLayer?.updates;
    if (!updates) return;
    while (this.nextUpdate < updates.length && updates[this.nextUpdate]!.slot === slot)
      this.inspectUpdate(updates, this.nextUpdate++);
  }

  private skipUpdates(slot: number): void {
    const updates = this.applicationLayer?.updates;
    if (!updates) return;
    while (this.nextUpdate < updates.length && updates[this.nextUpdate]!.slot === slot) this.nextUpdate++;
  }

  private inspectUpdate(updates: readonly TransactionUpdate[], u: number): void {
    const update = updates[u]!;
    const { facts, at } = this.parts;
    if (facts.toServer !== update.toServer) facts.turn(update.toServer);
    at.toServer = update.toServer;
    this.useProtocolOf(update);
    const { found, starts } = this.transactionPlan!;
    if (!(update.transaction instanceof Frame)) this.noteSubject(update);
    this.parts.unlogged.follow(at.flow, update.transaction);
    const state = this.transactionPlan!.stateOf(update);
    this.transactions!.inspect(
      update,
      state,
      found,
      starts.values[u]!,
      starts.values[u + 1]!,
      this.foundInPayload(update.toServer),
    );
  }

  /** A transaction is of the protocol that it was read as, though the flow may have changed to another since. */
  private useProtocolOf({ conversation, transaction }: TransactionUpdate): void {
    const { protocols } = this.applicationLayer!;
    const protocol = transaction instanceof Frame ? transaction.protocol : conversation.protocol;
    if (protocols[this.application - 1] === protocol) return;
    this.application = protocols.indexOf(protocol) + 1;
    this.parts.header.application = this.parts.applications[this.application]!;
  }

  /** Of a stream, in what is kept of it; of a datagram, in this one. */
  private foundInPayload(toServer: boolean): NumberList {
    const { facts } = this.parts;
    const { inPayload } = this;
    if (facts.transport !== Traits.TCP) return inPayload;
    inPayload.clear();
    const candidates = this.flowState?.stream(toServer).candidates;
    for (let i = 0; candidates && i < candidates.length; i++) {
      const signature = candidates.values[i]!;
      if (this.isOfTransactions(signature)) inPayload.push(signature);
    }
    return inPayload;
  }

  /** A transaction that is complete has the stream of its direction inspected at once. */
  private flushForUpdates(slot: number): void {
    const updates = this.applicationLayer?.updates;
    if (!updates || !this.flowState) return;
    for (let u = this.nextUpdate; u < updates.length && updates[u]!.slot === slot; u++) {
      if (updates[u]!.complete) this.flowState.stream(updates[u]!.toServer).flush = true;
    }
  }

  payloadHolds(rule: Rule): boolean {
    const { at, facts, streams } = this.parts;
    if (facts.transport === Traits.TCP && facts.flow >= 0) {
      const state = this.flowState?.stream(at.toServer);
      return state !== undefined && streams.holds(state, rule, at);
    }
    const start = this.row[at.p + Packet.PAYLOAD]!;
    const end = start + this.row[at.p + Packet.PAYLOAD_LENGTH]!;
    for (let i = 0; i < rule.payload.length; i++) {
      setBuffer(at, this.parts.thread.memory.bytes, start, end, true, true);
      if (!rule.payload[i]!(at)) return false;
    }
    return true;
  }

  matched(rule: Rule, subject: Subject): void {
    this.match(rule, subject, MATCH_TRANSACTION);
  }
}

/** Effects are done in the order they were written; what they return says nothing. */
function allDone(rule: Rule, at: Inspection): void {
  for (let i = 0; i < rule.effects.length; i++) rule.effects[i]!(at);
}

function subjectOf(update: TransactionUpdate): Subject {
  return { protocol: update.conversation.protocol, transaction: update.transaction };
}

function isOfStreams(kind: number): boolean {
  return kind === Traits.STREAM || kind === Traits.PACKET_AND_STREAM;
}

function isDropping(action: number): boolean {
  return action >= Header.ACTION_DROP && action <= Header.ACTION_REJECT_BOTH;
}
