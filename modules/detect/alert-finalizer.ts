/**
 * Consequences of matching signatures for a packet: thresholds, actions on packet and flow, alerts for the
 * outputs.
 */

import type { Batch } from '../../engine/batch.js';
import { addEvent, EVENT_DROP } from '../../engine/event.js';
import { dropFlow } from '../../engine/flow/flow-decision.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { isDrop, REASON_RULES, REASON_RULES_THRESHOLD } from '../../engine/verdict.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import * as Traits from '../../signatures/compile/traits.js';
import { SILENT, SUPPRESSED, type Thresholds } from '../../signatures/state/thresholds.js';
import { type AlertQueue, MATCH_DROPS, MATCH_STREAM, MATCH_TRANSACTION } from './alert-queue.js';
import type { Alerts } from './alerts.js';

/** Action by which a rate filter replaces a signature's own. */
const NEW_ACTIONS: Readonly<Record<string, number>> = {
  alert: Header.ACTION_ALERT,
  pass: Header.ACTION_PASS,
  drop: Header.ACTION_DROP,
  reject: Header.ACTION_REJECT,
};

const DROPS = new Set([
  Header.ACTION_DROP,
  Header.ACTION_REJECT,
  Header.ACTION_REJECT_DESTINATION,
  Header.ACTION_REJECT_BOTH,
]);

export class AlertFinalizer {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly counters: { suppressed: number; lost: number };

  constructor(
    private readonly thread: Thread,
    private readonly image: RuleSetImage,
    private readonly inline: boolean,
    private readonly thresholds: Thresholds | undefined,
    private readonly alerts: Alerts,
    /** Sets the tags of a signature whose match passed its thresholds. */
    private readonly tag: (signature: number, toServer: boolean) => void,
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.counters = {
      suppressed: thread.counters.declare('detect.alerts_suppressed'),
      lost: thread.counters.declare('detect.events_lost'),
    };
  }

  /**
   * Decides by the alerts of one packet.
   * @param wire the received packet that a drop applies to (a pseudo packet is dropped with the packet it came with)
   */
  finalize(batch: Batch, slot: number, wire: number, queue: AlertQueue): void {
    const p = slot * Packet.INTS;
    let dropping = -1;
    let passes = false;
    for (let i = 0; i < queue.length; i++) {
      const signature = queue.signatures[i]!;
      const h = signature * Header.INTS;
      let action = this.image.header[h + Header.ACTION]!;
      const options = this.image.header[h + Header.OPTIONS]!;
      const limited = this.applyThresholds(signature, options, p, queue.toServer[i] === 1);
      if (limited === SUPPRESSED) continue;
      if ((options & Header.OPTION_FIREWALL) !== 0) {
        if (limited !== SILENT) this.firewallAlert(batch, slot, wire, queue, i);
        continue;
      }
      let changed: number | undefined;
      let reason = REASON_RULES;
      let silent = (options & Header.OPTION_NO_ALERT) !== 0 || action === Header.ACTION_CONFIG;
      if (limited !== undefined) {
        this.tag(signature, queue.toServer[i] === 1);
        silent ||= limited === SILENT;
        const replacing = NEW_ACTIONS[this.thresholds!.newAction];
        if (replacing !== undefined) {
          action = replacing;
          changed = verdictOf(action);
          reason = REASON_RULES_THRESHOLD;
        }
      }
      const flow = this.row[p + Packet.FLOW]!;
      const toFlow = flow >= 0 && this.appliesToFlow(h, queue.flags[i]!);
      if (action === Header.ACTION_PASS) {
        passes = true;
        if (dropping < 0) this.pass(p, flow, toFlow);
        if ((options & Header.OPTION_ALERT_TOO) !== 0) this.alerts.report(batch, slot, wire, queue, i);
        break;
      }
      if (DROPS.has(action) && this.drop(action, p, wire, flow, toFlow, reason)) dropping = signature;
      if (!silent) this.alerts.report(batch, slot, wire, queue, i, changed);
    }
    const beyond = passes ? -1 : this.dropByOverflowed(p, wire, queue);
    if (dropping < 0) dropping = beyond;
    if (dropping >= 0 && this.inline) this.reportDrop(batch, wire, dropping);
  }

  /** A dropping signature that did not fit the queue still drops, after all alerts. @returns the signature, or -1 */
  private dropByOverflowed(p: number, wire: number, queue: AlertQueue): number {
    const signature = queue.overflowed;
    if (signature < 0) return -1;
    const h = signature * Header.INTS;
    const action = this.image.header[h + Header.ACTION]!;
    if (!DROPS.has(action)) return -1;
    const flow = this.row[p + Packet.FLOW]!;
    const toFlow = flow >= 0 && this.appliesToFlow(h, MATCH_TRANSACTION);
    return this.drop(action, p, wire, flow, toFlow, REASON_RULES) ? signature : -1;
  }

  /** Firewall decisions were applied already: here they only alert. */
  private firewallAlert(batch: Batch, slot: number, wire: number, queue: AlertQueue, i: number): void {
    const drops = (queue.flags[i]! & MATCH_DROPS) !== 0;
    this.alerts.report(batch, slot, wire, queue, i, drops ? Packet.VERDICT_DROP : undefined);
  }

  /** The result of a signature's thresholds for its match; undefined if it has none. */
  private applyThresholds(
    signature: number,
    options: number,
    p: number,
    toServer: boolean,
  ): number | undefined {
    if ((options & Header.OPTION_THRESHOLD) === 0 || !this.thresholds) return undefined;
    const answer = this.thresholds.check(signature, p, toServer);
    if (answer === SUPPRESSED || answer === SILENT) this.thread.counters.values[this.counters.suppressed]!++;
    return answer;
  }

  private appliesToFlow(h: number, flags: number): boolean {
    const options = this.image.header[h + Header.OPTIONS]!;
    if ((options & Header.OPTION_TO_FLOW) !== 0) return true;
    if ((options & Header.OPTION_TO_PACKET) !== 0) return false;
    switch (this.image.header[h + Header.KIND]!) {
      case Traits.IP_ONLY:
      case Traits.LIKE_IP_ONLY:
      case Traits.PROTOCOL_DETECTION_ONLY:
      case Traits.APPLICATION_LAYER:
      case Traits.TRANSACTION:
        return true;
      case Traits.STREAM:
      case Traits.PACKET_AND_STREAM:
        return (flags & (MATCH_STREAM | MATCH_TRANSACTION)) !== 0;
      default:
        return false;
    }
  }

  private pass(p: number, flow: number, toFlow: boolean): void {
    if (this.row[p + Packet.VERDICT] === Packet.VERDICT_NONE)
      this.row[p + Packet.VERDICT] = Packet.VERDICT_PASS;
    if (toFlow) this.flows[flow * Flow.INTS + Flow.ACTION] = Flow.ACTION_PASS;
  }

  /**
   * In IDS mode nothing is dropped; a reject is answered nevertheless.
   * @returns whether this drops the packet
   */
  private drop(
    action: number,
    p: number,
    wire: number,
    flow: number,
    toFlow: boolean,
    reason: number,
  ): boolean {
    const w = wire * Packet.INTS;
    const { row } = this;
    const verdict = verdictOf(action);
    if (!this.inline && verdict === Packet.VERDICT_DROP) return false;
    const first = !isDrop(row[w + Packet.VERDICT]!);
    if (first) {
      row[w + Packet.VERDICT] = verdict;
      row[w + Packet.REASON] = reason;
    }
    row[p + Packet.VERDICT] = row[w + Packet.VERDICT]!;
    row[p + Packet.REASON] = row[w + Packet.REASON]!;
    if (toFlow && this.inline) dropFlow(row, this.flows, p, flow, reason);
    return first;
  }

  /** @param signature that dropped the packet, -1 for none */
  reportDrop(batch: Batch, wire: number, signature: number): void {
    if (!this.thread.wants(EVENT_DROP)) return;
    const event = addEvent(this.thread, batch, EVENT_DROP, wire, '');
    if (event < 0) this.thread.counters.values[this.counters.lost]!++;
    else this.row[event * Packet.INTS + Packet.EVENT_SIGNATURE] = signature;
  }
}

function verdictOf(action: number): number {
  switch (action) {
    case Header.ACTION_ALERT:
      return Packet.VERDICT_NONE;
    case Header.ACTION_PASS:
      return Packet.VERDICT_PASS;
    case Header.ACTION_REJECT:
      return Packet.VERDICT_REJECT;
    case Header.ACTION_REJECT_DESTINATION:
      return Packet.VERDICT_REJECT_DESTINATION;
    case Header.ACTION_REJECT_BOTH:
      return Packet.VERDICT_REJECT_BOTH;
    default:
      return Packet.VERDICT_DROP;
  }
}
