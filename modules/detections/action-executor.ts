/** Performs the actions of detections: alerts for the outputs, verdicts for packets and flows. */

import type { Batch } from '../../engine/batch.js';
import type { TransactionView } from '../../engine/detection/transaction-view.js';
import type { DetectionAction } from '../../engine/detection.js';
import {
  ALERT_ACTION,
  ALERT_ACTION_CHANGED,
  ALERT_FLAGS,
  ALERT_IN_STREAM,
  ALERT_IN_TRANSACTION,
  addEvent,
  EVENT_ALERT,
  EVENT_DROP,
} from '../../engine/event.js';
import { engineMode } from '../../engine/exception-policy.js';
import { dropFlow, isFlowDropped } from '../../engine/flow/flow-decision.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { STREAM_CONTROL, type StreamControl } from '../../engine/stream/stream-control.js';
import { isDrop, REASON_FLOW_DROP, REASON_RULES } from '../../engine/verdict.js';
import { AlertLimits, type LimitResult } from './alert-limits.js';
import type { LoadedDetection } from './loaded-detection.js';

/** The context of an answer. */
export interface ActionContext {
  /** Current packet; and the received packet that a drop applies to. */
  slot: number;
  wire: number;
  flow: number;
  /** Direction of the data read. */
  toServer: boolean;
  inStream: boolean;
  transaction: TransactionView | undefined;
  /** Bytes read of each side, for the record; -1 when nothing is read. */
  clientPosition: number;
  serverPosition: number;
}

export class ActionExecutor {
  batch!: Batch;
  readonly inline: boolean;
  readonly limits: AlertLimits;
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly alerts: number;
  private readonly lost: number;
  private readonly refused: number;
  private readonly suppressed: number;

  constructor(private readonly thread: Thread) {
    const { counters, config } = thread;
    this.limits = new AlertLimits(thread);
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.inline = config.read(engineMode) === 'ips';
    this.alerts = counters.declare('detections.alerts');
    this.lost = counters.declare('detections.events_lost');
    this.refused = counters.declare('detections.refused');
    this.suppressed = counters.declare('detections.alerts_suppressed');
  }

  /** Performs the action; without permission it is only reported. */
  execute(detection: LoadedDetection, answer: DetectionAction, at: ActionContext): void {
    const limited = this.limits.check(answer, detection.signature, at.slot, at.toServer);
    if (limited.suppressed) {
      this.thread.counters.values[this.suppressed]!++;
      return;
    }
    switch (limited.action ?? answer.kind) {
      case 'alert':
        if (!limited.silent) this.alert(detection, answer, at, 0);
        break;
      case 'drop':
        this.drop(detection, answer, at, Packet.VERDICT_DROP, limited);
        break;
      case 'reject':
        this.drop(detection, answer, at, Packet.VERDICT_REJECT, limited);
        break;
      case 'pass':
        this.passFlow(at);
        break;
      case 'bypass':
        if (this.isAllowed(detection, 'bypass')) this.passFlow(at);
        break;
      case 'stop':
        if (detection.isAllowed('stop')) this.stopReassembly(at, answer.side === 'client');
        break;
    }
  }

  /** The flow was dropped with an earlier packet, so this one is dropped too. */
  applyFlowDrop(p: number, flow: number): void {
    const { row } = this;
    if (!this.inline || isDrop(row[p + Packet.VERDICT]!) || !isFlowDropped(this.flows, flow)) return;
    row[p + Packet.VERDICT] = Packet.VERDICT_DROP;
    row[p + Packet.REASON] = REASON_FLOW_DROP;
  }

  /** Drops a packet, and with `wholeFlow` all following ones. @returns false if it was dropped already */
  dropPacket(at: ActionContext, verdict: number, wholeFlow: boolean): boolean {
    const { row } = this;
    const w = at.wire * Packet.INTS;
    const first = !isDrop(row[w + Packet.VERDICT]!);
    if (first) {
      row[w + Packet.VERDICT] = verdict;
      row[w + Packet.REASON] = REASON_RULES;
    }
    const p = at.slot * Packet.INTS;
    row[p + Packet.VERDICT] = row[w + Packet.VERDICT]!;
    row[p + Packet.REASON] = row[w + Packet.REASON]!;
    if (wholeFlow && this.inline) dropFlow(row, this.flows, p, at.flow, REASON_RULES);
    return first;
  }

  passFlow({ wire, flow }: ActionContext): void {
    const w = wire * Packet.INTS;
    if (this.row[w + Packet.VERDICT] === Packet.VERDICT_NONE)
      this.row[w + Packet.VERDICT] = Packet.VERDICT_BYPASS;
    if (flow >= 0) this.flows[flow * Flow.INTS + Flow.ACTION] = Flow.ACTION_PASS;
  }

  private drop(
    detection: LoadedDetection,
    answer: DetectionAction,
    at: ActionContext,
    verdict: number,
    { action, silent }: LimitResult,
  ): void {
    // A rate filter is configured by the user, so its action needs no permission.
    if (action === undefined && !this.isAllowed(detection, 'drop')) {
      if (!silent) this.alert(detection, answer, at, 0);
      return;
    }
    // In IDS mode nothing is dropped; a reject is performed nevertheless.
    const acts = this.inline || verdict === Packet.VERDICT_REJECT;
    const first = acts && this.dropPacket(at, verdict, true);
    if (!silent) this.alert(detection, answer, at, verdict);
    if (first && this.inline) this.reportDrop(detection, at.wire);
  }

  private reportDrop(detection: LoadedDetection, wire: number): void {
    if (!this.thread.wants(EVENT_DROP)) return;
    const event = addEvent(this.thread, this.batch, EVENT_DROP, wire, '');
    if (event < 0) this.thread.counters.values[this.lost]!++;
    else this.row[event * Packet.INTS + Packet.EVENT_SIGNATURE] = detection.signature;
  }

  private isAllowed(detection: LoadedDetection, permission: 'drop' | 'bypass'): boolean {
    if (detection.isAllowed(permission)) return true;
    this.thread.counters.values[this.refused]!++;
    this.thread.warnOnce(
      `detection ${detection.name} requests ${permission}, which neither its "may" nor detections.may allows`,
    );
    return false;
  }

  private stopReassembly({ flow }: ActionContext, ofClient: boolean): void {
    const control = this.thread.services.get(STREAM_CONTROL) as StreamControl | undefined;
    if (flow >= 0) control?.stop(flow, ofClient);
  }

  /** @param verdict action taken; 0: only the alert */
  private alert(
    detection: LoadedDetection,
    { message }: DetectionAction,
    at: ActionContext,
    verdict: number,
  ): void {
    const { row, thread } = this;
    const { slot, wire, flow } = at;
    row[slot * Packet.INTS + Packet.ALERTS]!++;
    if (wire !== slot) row[wire * Packet.INTS + Packet.ALERTS]!++;
    if (flow >= 0) this.flows[flow * Flow.INTS + Flow.ALERTS]!++;
    thread.counters.values[this.alerts]!++;
    if (!thread.wants(EVENT_ALERT)) return;
    const event = addEvent(thread, this.batch, EVENT_ALERT, slot, members(detection, message, at));
    if (event < 0) {
      thread.counters.values[this.lost]!++;
      return;
    }
    const e = event * Packet.INTS;
    row[e + Packet.EVENT_SIGNATURE] = detection.signature;
    row[e + Packet.EVENT_TRANSACTION] = at.transaction ? at.transaction.id : -1;
    row[e + ALERT_FLAGS] =
      (at.inStream ? ALERT_IN_STREAM : 0) |
      (at.transaction ? ALERT_IN_TRANSACTION : 0) |
      (verdict !== 0 ? ALERT_ACTION_CHANGED : 0);
    row[e + ALERT_ACTION] = verdict;
    if (flow < 0) return;
    const state = row[e + Packet.FLOW_STATE]! & ~Packet.FLOW_TO_SERVER;
    row[e + Packet.FLOW_STATE] = state | (at.toServer ? Packet.FLOW_TO_SERVER : 0);
  }
}

/** Members of the record in addition to the signature. */
function members(detection: LoadedDetection, message: string | undefined, at: ActionContext): string {
  const read = at.clientPosition >= 0 && {
    read: { to_server: at.clientPosition, to_client: at.serverPosition },
  };
  const own = JSON.stringify({ name: detection.name, ...(message !== undefined && { message }), ...read });
  const transaction = at.transaction?.recordMembers() ?? '';
  return `"alert":{"detection":${own}}${transaction === '' ? '' : `,${transaction}`}`;
}
