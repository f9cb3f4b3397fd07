/**
 * Detection with a firewall: rules and policies of the firewall come first, and threat detection sees what they
 * accept. The tables are evaluated in this order: packets (`filter`), threat detection of packets, the hooks of
 * application protocols, threat detection of transactions.
 */

import type { ApplicationLayer } from '../../../engine/application-layer.js';
import type { Batch } from '../../../engine/batch.js';
import { EVENT_NONE, EVENT_TRANSACTION } from '../../../engine/event.js';
import { offerFirewallHooks } from '../../../engine/firewall.js';
import { isFlowDropped } from '../../../engine/flow/flow-decision.js';
import * as Flow from '../../../engine/flow/flow-record.js';
import { FLOW_TABLE } from '../../../engine/flow/flow-table.js';
import * as Packet from '../../../engine/packet.js';
import {
  isDrop,
  isFirewallReason,
  REASON_FLOW_PRE_HOOK,
  REASON_STREAM_PRE_HOOK,
} from '../../../engine/verdict.js';
import * as Header from '../../../signatures/compile/header.js';
import { TCP } from '../../../signatures/compile/traits.js';
import type { FirewallTable, FirewallTables } from '../../../signatures/firewall/tables.js';
import type { RuleLanguage } from '../../../signatures/language.js';
import { Detection } from '../detection.js';
import type { DetectionParts } from '../detection-parts.js';
import { ApplicationTables } from './application-tables.js';
import { Decisions, DROPPED, FLOW_ENCRYPTED, NEXT, PACKET_ACCEPTED } from './decision.js';
import { EarlyHooks, hasEffect } from './early-hooks.js';
import { PacketTable } from './packet-table.js';

export class FirewallDetection extends Detection {
  private readonly decisions: Decisions;
  private readonly filter: PacketTable;
  private applications: ApplicationTables | undefined;

  constructor(
    parts: DetectionParts,
    private readonly tables: FirewallTables,
    discarded: () => void,
  ) {
    super(parts);
    this.decisions = new Decisions(parts, discarded);
    this.filter = new PacketTable(parts, this.evaluation, this.decisions, tables.filter, tables.packetPolicy);
    offerFirewallHooks(parts.thread, this.earlyHooks(new Decisions(parts, discarded)));
  }

  /** Undefined when these hooks have nothing to decide. */
  private earlyHooks(decisions: Decisions): EarlyHooks | undefined {
    const { parts, tables } = this;
    const { preFlow, preStream, packetPolicy } = tables;
    if (!hasEffect(preFlow) && !hasEffect(preStream)) return undefined;
    if (!parts.thread.services.has(FLOW_TABLE))
      throw new Error('firewall: the hooks pre_flow and pre_stream need flow and detect in the same thread');
    const of = (table: FirewallTable, reason: number) =>
      hasEffect(table)
        ? new PacketTable(parts, this.evaluation, decisions, table, packetPolicy, reason, reason)
        : undefined;
    return new EarlyHooks(
      parts,
      decisions,
      of(preFlow, REASON_FLOW_PRE_HOOK),
      of(preStream, REASON_STREAM_PRE_HOOK),
      {
        load: slot => {
          parts.facts.load(slot);
          this.load(slot, slot * Packet.INTS, parts.facts.flow);
        },
        report: (batch, slot) => this.report(batch, slot, slot, decisions),
      },
    );
  }

  /** Adds the hooks of application protocols. */
  useHooks(layer: ApplicationLayer, language: RuleLanguage): void {
    const { parts, evaluation, decisions, tables } = this;
    this.applications = new ApplicationTables(parts, evaluation, decisions, layer, tables, language);
  }

  /** Skips only what was dropped: the firewall also inspects flows that threat detection passes. */
  protected override isDecided(p: number, flow: number): boolean {
    const dropped = (this.row[p + Packet.FLOW_STATE]! & Packet.FLOW_DROPPED) !== 0;
    return dropped || isFlowDropped(this.flows, flow);
  }

  /** Transaction events at the end of a flow are discarded when the firewall has dropped the flow. */
  protected override event(slot: number): void {
    super.event(slot);
    const { row, flows } = this;
    const e = slot * Packet.INTS;
    if (row[e + Packet.EVENT_KIND] !== EVENT_TRANSACTION) return;
    const root = row[e + Packet.ROOT]!;
    if (root < 0 || row[root * Packet.INTS + Packet.PSEUDO] !== Packet.PSEUDO_FLOW_END) return;
    const flow = row[e + Packet.FLOW]!;
    const reason = flows[flow * Flow.INTS + Flow.DROP_REASON]!;
    if (isFlowDropped(flows, flow) && isFirewallReason(reason)) row[e + Packet.EVENT_KIND] = EVENT_NONE;
  }

  protected override inspect(i: number, p: number, pseudo: number): void {
    const { decisions, applications } = this;
    const { slot } = this.parts.at;
    const { toServer, transport } = this.parts.facts;
    decisions.begin(this.wireOf(p, pseudo));
    if ((this.row[p + Packet.FLAGS]! & Packet.FLAG_NO_PAYLOAD_INSPECTION) !== 0) this.markEncrypted();
    applications?.note(slot, this.updates!.position);
    const next = this.evaluatePacket(p, pseudo);
    let asked = false;
    if (next === DROPPED) this.updates?.skip(slot);
    else asked = this.inspectAccepted(i, p, pseudo, next);
    applications?.endPacket(p, toServer, asked || transport !== TCP);
  }

  /** Evaluates the remaining data of an encrypted session: in pseudo packets, one per direction. */
  protected override endOfFlow(slot: number): void {
    if (this.hasUninspectedData()) for (const toServer of [true, false]) this.evaluateEnd(slot, toServer);
    super.endOfFlow(slot);
  }

  private markEncrypted(): void {
    const { flow, f } = this.parts.facts;
    if (flow >= 0) this.flows[f + Flow.DETECT_FLAGS]! |= FLOW_ENCRYPTED;
  }

  private hasUninspectedData(): boolean {
    const { facts } = this.parts;
    if (facts.transport !== TCP || this.decisions.flowAccepted) return false;
    const encrypted = (this.flows[facts.f + Flow.DETECT_FLAGS]! & FLOW_ENCRYPTED) !== 0;
    return encrypted && this.flows[facts.f + Flow.STATE] === Flow.STATE_ESTABLISHED;
  }

  private evaluateEnd(slot: number, toServer: boolean): void {
    const { decisions, parts } = this;
    parts.facts.setDirection(toServer);
    parts.facts.establish();
    parts.at.toServer = toServer;
    decisions.begin(slot);
    this.filter.evaluate();
    // Nothing can be dropped any more.
    decisions.dropped = false;
  }

  private evaluatePacket(p: number, pseudo: number): number {
    const ofWire = pseudo < Packet.PSEUDO_STREAM;
    if (!ofWire || isDrop(this.row[p + Packet.VERDICT]!) || this.decisions.flowAccepted) return NEXT;
    if ((this.row[p + Packet.FLAGS]! & Packet.FLAG_ACCEPTED) !== 0) return PACKET_ACCEPTED;
    return this.filter.evaluate();
  }

  /**
   * @param next result of the packet table for the application hooks
   * @returns false when threat detection drops the packet before them
   */
  private inspectAccepted(i: number, p: number, pseudo: number, next: number): boolean {
    const { decisions, applications } = this;
    const { slot } = this.parts.at;
    if (!decisions.passes) this.inspectPacket(i, p, pseudo);
    if (this.hasPendingDrop()) {
      this.updates?.skip(slot);
      return false;
    }
    const result = next === NEXT && !decisions.flowAccepted ? applications?.evaluate(p) : undefined;
    if (result === DROPPED || decisions.passes) this.updates?.skip(slot);
    else this.updates?.inspect(slot);
    return true;
  }

  /** Whether a threat detection rule is about to drop the packet. */
  private hasPendingDrop(): boolean {
    const { queue, image } = this.parts;
    for (let i = 0; i < queue.length; i++) {
      const h = queue.signatures[i]! * Header.INTS;
      if ((image.header[h + Header.OPTIONS]! & Header.OPTION_FIREWALL) !== 0) continue;
      const action = image.header[h + Header.ACTION]!;
      if (action === Header.ACTION_PASS) return false;
      if (action >= Header.ACTION_DROP && action <= Header.ACTION_REJECT_BOTH) return true;
    }
    return queue.overflowed >= 0;
  }

  protected override finalize(batch: Batch, slot: number, wire: number): void {
    this.report(batch, slot, wire, this.decisions);
  }

  /** Reports alerts first, then what the firewall dropped. */
  private report(batch: Batch, slot: number, wire: number, decisions: Decisions): void {
    super.finalize(batch, slot, wire);
    if (!decisions.dropped) return;
    this.parts.finalizer.reportDrop(batch, wire, decisions.droppedBy);
    decisions.dropped = false;
  }
}
