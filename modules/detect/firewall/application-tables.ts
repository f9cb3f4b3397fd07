/**
 * Firewall rules at the hooks of application protocols. With each packet that brings data, every open
 * transaction is evaluated at the hooks that it has reached and not yet passed; the current hook is evaluated
 * again until the transaction moves on.
 */

import type { ApplicationLayer, TransactionUpdate } from '../../../engine/application-layer.js';
import { Frame } from '../../../engine/frames/frame.js';
import * as Packet from '../../../engine/packet.js';
import type { Protocol } from '../../../engine/protocol.js';
import { REASON_DEFAULT_APP_POLICY, REASON_FIREWALL_RULES } from '../../../engine/verdict.js';
import type { FirewallTable, FirewallTables } from '../../../signatures/firewall/tables.js';
import type { RuleLanguage } from '../../../signatures/language.js';
import type { Subject } from '../alert-queue.js';
import type { DetectionParts } from '../detection-parts.js';
import type { Evaluation } from '../evaluation.js';
import { allHold } from '../rule.js';
import { type TransactionCondition, transactionConditions } from '../transaction-rule.js';
import { type Decisions, DROPPED, NEXT, TRANSACTION_ACCEPTED } from './decision.js';
import type { FirewallTransaction, TransactionSide } from './firewall-transaction.js';
import { OpenTransactions } from './open-transactions.js';

/**
 * Maximum open transactions of a flow tracked between packets: the oldest beyond it are dropped from tracking, and
 * evaluated from their first hook on if they are updated again. All transactions of one packet are evaluated with it.
 */
const MAX_OPEN = 1024;

const TCP = 6;
const DIRECTIONS = ['to_server', 'to_client'] as const;

export class ApplicationTables {
  private readonly row: Int32Array;
  private readonly conditions = new Map<Protocol, (readonly TransactionCondition[] | null)[]>();

  constructor(
    private readonly detection: DetectionParts,
    private readonly evaluation: Evaluation,
    private readonly decisions: Decisions,
    private readonly layer: ApplicationLayer,
    private readonly tables: FirewallTables,
    private readonly language: RuleLanguage,
  ) {
    this.row = detection.thread.memory.row;
  }

  /** Notes the updates of a packet. @param from the first update that may belong to it */
  note(slot: number, from: number): void {
    const { updates } = this.layer;
    for (let u = from; u < updates.length && updates[u]!.slot === slot; u++) this.recordUpdate(updates[u]!);
  }

  private recordUpdate(update: TransactionUpdate): void {
    if (update.transaction instanceof Frame) return;
    const state = this.detection.currentFlow.stateOfFlow();
    state.firewall ??= new OpenTransactions();
    state.firewall.of(update.session, update.transaction).note(update);
  }

  /** Decides about the current packet. @returns NEXT, PACKET_ACCEPTED or DROPPED */
  evaluate(p: number): number {
    const { row, decisions } = this;
    if (decisions.refusesData && this.hasPayload(p)) return decisions.dropAgain();
    const result = this.evaluateOpen(p);
    if (result === DROPPED && row[p + Packet.PROTOCOL] === TCP) decisions.refuseData();
    return result;
  }

  private evaluateOpen(p: number): number {
    const affected = this.detection.currentFlow.state?.firewall?.affected;
    if (!affected || affected.length === 0) return NEXT;
    const { toServer } = this.detection.facts;
    const data = this.bringsData(p);
    const payload = this.hasPayload(p);
    let result = NEXT;
    for (let i = 0; i < affected.length && result === NEXT; i++) {
      const each = affected[i]!;
      if (!each.accepted && isAffected(each, toServer, data, payload))
        result = this.evaluateTransaction(each, toServer);
    }
    return result;
  }

  /**
   * The packet at `p` is done. Completed transactions need no further hooks.
   * @param toServer its direction
   * @param asked false if it was dropped before the hooks were evaluated: over TCP it is retransmitted without new
   * updates, so the hooks are evaluated with the next data
   */
  endPacket(p: number, toServer: boolean, asked: boolean): void {
    const open = this.detection.currentFlow.state?.firewall;
    if (!open || open.size === 0) return;
    const payload = this.hasPayload(p);
    const { affected } = open;
    for (let i = 0; i < affected.length; i++) {
      const each = affected[i]!;
      const side = each.side(toServer);
      if (!asked) side.missed ||= side.updated;
      else if (payload) side.missed = false;
      each.toServer.updated = false;
      each.toClient.updated = false;
    }
    open.endPacket(MAX_OPEN);
  }

  private hasPayload(p: number): boolean {
    return this.row[p + Packet.PAYLOAD_LENGTH]! > 0;
  }

  /** Whether it brings data for the application layer. */
  private bringsData(p: number): boolean {
    const { row } = this;
    return row[p + Packet.PROTOCOL] === TCP ? row[p + Packet.STREAM_LENGTH]! > 0 : this.hasPayload(p);
  }

  private evaluateTransaction(watched: FirewallTransaction, toServer: boolean): number {
    const { protocol } = watched.conversation;
    const hooks = this.tables.app[protocol.name]?.[toServer ? 0 : 1];
    const side = watched.side(toServer);
    if (!hooks || side.progress < 0 || watched.transaction.absent === DIRECTIONS[toServer ? 0 : 1])
      return NEXT;
    this.makeCurrent(watched, toServer);
    const last = reached(hooks, side.progress);
    while (side.next <= last) {
      const result = this.evaluateHook(hooks[side.next]!, watched, side);
      if (result === TRANSACTION_ACCEPTED) {
        watched.accepted = true;
        return NEXT;
      }
      if (result !== NEXT) return result;
      side.accepted = side.next;
      if (side.next === last && !side.complete) return NEXT;
      side.next++;
    }
    return NEXT;
  }

  /** Makes this transaction the current one for conditions. */
  private makeCurrent({ conversation, transaction }: FirewallTransaction, toServer: boolean): void {
    const { at, currentFlow, header, applications } = this.detection;
    at.transaction = transaction;
    at.toServer = toServer;
    currentFlow.application = this.layer.protocols.indexOf(conversation.protocol) + 1;
    header.application = applications[currentFlow.application]!;
  }

  private evaluateHook(table: FirewallTable, watched: FirewallTransaction, side: TransactionSide): number {
    const { rules } = table;
    const { decisions } = this;
    for (let i = 0; i < rules.length; i++) {
      const signature = rules[i]!;
      // The rule's own hook is a later one, up to which it accepts everything.
      if (signature < 0) {
        if (this.detection.header.applies(-1 - signature)) return NEXT;
        continue;
      }
      if (watched.matched.includes(signature) || !this.holds(signature, watched, side)) continue;
      if (this.conditionsFor(signature, watched.conversation.protocol)!.length > 0)
        watched.matched.push(signature);
      this.evaluation.applyEffects(this.detection.rules.at(signature));
      return decisions.apply(
        decisions.policyOfRule(signature),
        table,
        signature,
        REASON_FIREWALL_RULES,
        subjectOf(watched),
      );
    }
    if (side.accepted === side.next) return NEXT;
    const { appPolicy } = this.tables;
    return decisions.apply(table.policy, table, appPolicy, REASON_DEFAULT_APP_POLICY, subjectOf(watched));
  }

  private holds(signature: number, watched: FirewallTransaction, side: TransactionSide): boolean {
    if (!this.evaluation.admits(signature)) return false;
    const conditions = this.conditionsFor(signature, watched.conversation.protocol);
    if (!conditions) return false;
    const { at, rules } = this.detection;
    const other = watched.side(!side.toServer);
    for (let i = 0; i < conditions.length; i++) {
      const condition = conditions[i]!;
      const here =
        condition.direction === 'either' || (condition.direction === 'to_server') === side.toServer;
      const visible = here ? side : other;
      if (condition.progress > visible.progress && !condition.growing) return false;
      if (!condition.holds(at, visible)) return false;
    }
    const rule = rules.at(signature);
    const others = rule.payload.length === 0 || this.evaluation.payloadHolds(rule);
    return others && allHold(rule.headers, at) && allHold(rule.scripts, at);
  }

  /** Conditions of a rule except its hook; undefined when the protocol lacks a buffer that the rule uses. */
  private conditionsFor(signature: number, protocol: Protocol): readonly TransactionCondition[] | undefined {
    let list = this.conditions.get(protocol);
    if (!list) {
      list = [];
      this.conditions.set(protocol, list);
    }
    let conditions = list[signature];
    if (conditions === undefined) {
      const { rules } = this.detection;
      const rule = rules.at(signature);
      const { hook: _, ...rest } = rule.signature;
      conditions =
        transactionConditions({ ...rule, signature: rest }, protocol, this.language, rule.environment) ??
        null;
      list[signature] = conditions;
    }
    return conditions ?? undefined;
  }
}

function subjectOf({ conversation, transaction }: FirewallTransaction): Subject {
  return { protocol: conversation.protocol, transaction };
}

/** The last hook that the transaction has reached. */
function reached(hooks: readonly FirewallTable[], progress: number): number {
  let last = hooks.length - 1;
  while (last >= 0 && hooks[last]!.progress! > progress) last--;
  return last;
}

/** It was updated, by this packet or one dropped before, or it continues with data that causes no update. */
function isAffected(
  watched: FirewallTransaction,
  toServer: boolean,
  data: boolean,
  payload: boolean,
): boolean {
  const side = watched.side(toServer);
  const { silentAfter } = watched.conversation.protocol;
  if (side.updated || (side.missed && payload)) return true;
  return data && silentAfter !== undefined && side.progress >= silentAfter[toServer ? 0 : 1];
}
