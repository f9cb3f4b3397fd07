/** Evaluates candidates on the current packet and its stream, and queues matches. */
import * as Packet from '../../engine/packet.js';
import type { Transaction } from '../../engine/protocol.js';
import * as Header from '../../signatures/compile/header.js';
import * as Traits from '../../signatures/compile/traits.js';
import {
  MATCH_GUESSED,
  MATCH_STREAM,
  MATCH_TRANSACTION,
  type Subject,
  transactionOf,
} from './alert-queue.js';
import { FROM_PACKET } from './candidates.js';
import type { DetectionParts } from './detection-parts.js';
import { NumberList } from './number-list.js';
import { allDone, allHold, type Rule, setBuffer } from './rule.js';
import type { StreamState } from './stream-state.js';
import type { TransactionEvaluator } from './transaction-inspection.js';

/** Provides the current transaction. */
export interface CurrentSubjects {
  currentSubject(slot: number, toServer: boolean): Subject | undefined;
}

export class Evaluation implements TransactionEvaluator {
  /** Candidates of the stream that matched, or whose other conditions did not hold. */
  readonly settled = new NumberList();
  /** Undefined without an application layer. */
  subjects: CurrentSubjects | undefined;
  private readonly row: Int32Array;

  constructor(private readonly parts: DetectionParts) {
    this.row = parts.thread.memory.row;
  }

  /** @param candidates sorted and unique  @param state of the stream being inspected */
  evaluate(candidates: NumberList, state: StreamState | undefined): void {
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
    const repeated = (row[at.p + Packet.FLAGS]! & Packet.FLAG_RETRANSMITTED) !== 0;
    const onlyStream =
      (image.header[signature * Header.INTS + Header.OPTIONS]! & Header.OPTION_ONLY_STREAM) !== 0;
    if ((onlyStream && !repeated) || !this.holdsOnPacket(signature)) return;
    const inStream = repeated && isOfStreams(image.header[signature * Header.INTS + Header.KIND]!);
    this.matchWithSubject(this.parts.rules.at(signature), inStream ? MATCH_STREAM : 0);
  }

  /** Whether all conditions of a signature hold for the packet by itself. */
  holdsOnPacket(signature: number): boolean {
    if (!this.admits(signature)) return false;
    const { at, rules } = this.parts;
    const rule = rules.at(signature);
    if (rule.payload.length > 0 && (!this.isPayloadInspected(at.p) || !this.holdsInPacket(rule)))
      return false;
    return allHold(rule.headers, at) && this.scriptsHold(rule);
  }

  /** Encrypted payloads, and payloads that are packets of their own, are not inspected. */
  private isPayloadInspected(p: number): boolean {
    const { row } = this;
    return (
      row[p + Packet.PAYLOAD_LENGTH]! > 0 &&
      (row[p + Packet.FLAGS]! & Packet.FLAG_NO_PAYLOAD_INSPECTION) === 0
    );
  }

  /** Performs the signature's effects other than its action. */
  applyEffects(rule: Rule): void {
    const { at } = this.parts;
    this.parts.matched?.(rule.number);
    allDone(rule.effects, at);
    if (!this.hasPendingThresholds(rule.number)) allDone(rule.tags, at);
  }

  /** Its thresholds are applied with the packet's verdict; not for firewall actions and for what is not queued. */
  private hasPendingThresholds(signature: number): boolean {
    const options = this.parts.image.header[signature * Header.INTS + Header.OPTIONS]!;
    if ((options & Header.OPTION_THRESHOLD) === 0 || (options & Header.OPTION_FIREWALL) !== 0) return false;
    return !this.isNeverLogged(signature);
  }

  /** An `alert` signature with `noalert`. */
  private isNeverLogged(signature: number): boolean {
    const { header } = this.parts.image;
    const h = signature * Header.INTS;
    const silent = (header[h + Header.OPTIONS]! & Header.OPTION_NO_ALERT) !== 0;
    return silent && header[h + Header.ACTION] === Header.ACTION_ALERT;
  }

  /** On packets and streams, scripts run without a transaction. */
  private scriptsHold({ scripts }: Rule): boolean {
    if (scripts.length === 0) return true;
    this.parts.at.transaction = undefined;
    return allHold(scripts, this.parts.at);
  }

  private holdsInPacket({ payload }: Rule): boolean {
    const { at, thread } = this.parts;
    const start = this.row[at.p + Packet.PAYLOAD]!;
    const end = start + this.row[at.p + Packet.PAYLOAD_LENGTH]!;
    for (let i = 0; i < payload.length; i++) {
      setBuffer(at, thread.memory.bytes, start, end, true, true);
      if (!payload[i]!(at)) return false;
    }
    return true;
  }

  /** @returns whether it matched */
  private evaluateOnStream(signature: number, state: StreamState): boolean {
    if (!this.admits(signature)) {
      this.settled.push(signature);
      return false;
    }
    const rule = this.parts.rules.at(signature);
    if (!this.parts.streams.holds(state, rule, this.parts.at) || !this.scriptsHold(rule)) return false;
    state.recordMatch(signature, state.history.to);
    this.settled.push(signature);
    this.matchWithSubject(rule, MATCH_STREAM);
    return true;
  }

  /** Whether header and conditions without a buffer hold. */
  admits(signature: number): boolean {
    if (!this.parts.header.holds(signature)) return false;
    this.parts.at.signature = signature;
    return allHold(this.parts.rules.at(signature).conditions, this.parts.at);
  }

  mayAdmit(signature: number): boolean {
    return this.parts.header.isForFlow(signature);
  }

  private match(rule: Rule, subject: Subject | undefined, flags: number): void {
    const { at, queue } = this.parts;
    this.applyEffects(rule);
    if (this.isNeverLogged(rule.number)) return;
    const context = this.parts.metadata.takeContext(rule.number);
    const beyond = queue.makeRoom(rule.number, transactionOf(subject));
    // If no alert was removed, nothing is added, unless the signature is queued for another transaction.
    queue.add(rule.number, subject, flags, at.toServer, context);
    if (beyond >= 0) this.overflows(beyond);
  }

  /** The alert of a signature does not fit. */
  private overflows(signature: number): void {
    const { queue, image } = this.parts;
    this.parts.overflow();
    const drops = isDropping(image.header[signature * Header.INTS + Header.ACTION]!);
    if (drops && (queue.overflowed < 0 || signature < queue.overflowed)) queue.overflowed = signature;
  }

  /** A match in a stream, or of an application signature in a datagram, is logged with the current transaction. */
  private matchWithSubject(rule: Rule, flags: number): void {
    const { facts, image, at } = this.parts;
    const isDatagram = facts.transport === Traits.UDP;
    const application = image.header[rule.number * Header.INTS + Header.APPLICATION]! >= 0;
    const guesses = this.parts.guessesTransactions && (flags & MATCH_STREAM) !== 0;
    const wanted = isDatagram ? application : guesses;
    let subject = wanted && facts.flow >= 0 ? this.subjects?.currentSubject(at.slot, at.toServer) : undefined;
    if (subject && !isDatagram && this.isGuessLimitReached(subject.transaction)) subject = undefined;
    if (subject) flags |= isDatagram ? MATCH_TRANSACTION : MATCH_GUESSED;
    this.match(rule, subject, flags);
  }

  /** Alerts in the stream are logged with the same transaction a limited number of times, then without it. */
  private isGuessLimitReached(transaction: Transaction): boolean {
    const before = transaction.streamAlertsLogged ?? 0;
    transaction.streamAlertsLogged = before + 1;
    return before >= this.parts.maxGuesses;
  }

  payloadHolds(rule: Rule): boolean {
    const { at, facts, streams, currentFlow } = this.parts;
    if (facts.transport === Traits.TCP && facts.flow >= 0) {
      const state = currentFlow.stream(at.toServer);
      return state !== undefined && streams.holds(state, rule, at);
    }
    return this.holdsInPacket(rule);
  }

  matched(rule: Rule, subject: Subject): void {
    this.match(rule, subject, MATCH_TRANSACTION);
  }
}

function isOfStreams(kind: number): boolean {
  return kind === Traits.STREAM || kind === Traits.PACKET_AND_STREAM;
}

function isDropping(action: number): boolean {
  return action >= Header.ACTION_DROP && action <= Header.ACTION_REJECT_BOTH;
}
