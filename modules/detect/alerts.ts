/** Passes alerts to the outputs, with the transaction, stream data and flow they report. */
import type { Batch } from '../../engine/batch.js';
import {
  ALERT_ACTION,
  ALERT_ACTION_CHANGED,
  ALERT_DATA,
  ALERT_DATA_LENGTH,
  ALERT_FLAGS,
  ALERT_IN_STREAM,
  ALERT_IN_TRANSACTION,
  ALERT_TRANSACTION_GUESSED,
  addEvent,
  EVENT_ALERT,
  reservedOffset,
} from '../../engine/event.js';
import * as Flow from '../../engine/flow/flow-record.js';
import { knownApplication } from '../../engine/flow/known-application.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Protocol, Transaction } from '../../engine/protocol.js';
import { wantsForwardedFor } from '../../engine/record/forwarded-for.js';
import type { AlertMetadata } from './alert-metadata.js';
import {
  type AlertQueue,
  MATCH_GUESSED,
  MATCH_STREAM,
  MATCH_TRANSACTION,
  type Subject,
} from './alert-queue.js';
import type { AlertStreamData } from './alert-stream-data.js';
import { applicationLayerOf } from './thread-context.js';

export class Alerts {
  private readonly row: Int32Array;
  private readonly flows: Int32Array;
  private readonly count: number;
  private readonly lost: number;
  private readonly reportsForwardedFor: boolean;

  constructor(
    private readonly thread: Thread,
    private readonly streamData: AlertStreamData | undefined,
    private readonly metadata: AlertMetadata,
  ) {
    this.row = thread.memory.row;
    this.flows = thread.flows.row;
    this.count = thread.counters.declare('detect.alert');
    this.lost = thread.counters.declare('detect.events_lost');
    this.reportsForwardedFor = wantsForwardedFor(thread.config);
  }

  /**
   * Reports one alert of a packet, and counts it for packet and flow.
   * @param changed verdict that replaces the signature's own action
   */
  report(batch: Batch, slot: number, wire: number, queue: AlertQueue, i: number, changed?: number): void {
    const { row } = this;
    const p = slot * Packet.INTS;
    row[p + Packet.ALERTS]!++;
    if (wire !== slot) row[wire * Packet.INTS + Packet.ALERTS]!++;
    const flow = row[p + Packet.FLOW]!;
    if (flow >= 0) this.flows[flow * Flow.INTS + Flow.ALERTS]!++;
    this.thread.counters.values[this.count]!++;
    if (!this.thread.wants(EVENT_ALERT)) return;
    const toServer = queue.toServer[i] === 1;
    const subject = queue.subjects[i];
    const own = this.membersOf(subject, toServer, p, queue.contexts[i]!);
    const members = joined(own, queue.members[i]!);
    let shown = this.gatherStreamData(p, flow, toServer, queue.flags[i]!);
    let event = addEvent(this.thread, batch, EVENT_ALERT, slot, members, shown);
    if (event < 0 && shown > 0) {
      // An alert without stream data is better than none.
      shown = 0;
      event = addEvent(this.thread, batch, EVENT_ALERT, slot, members);
    }
    if (event < 0) {
      this.thread.counters.values[this.lost]!++;
      return;
    }
    const e = event * Packet.INTS;
    row[e + Packet.EVENT_SIGNATURE] = queue.signatures[i]!;
    row[e + Packet.EVENT_TRANSACTION] = queue.transactions[i]!;
    row[e + ALERT_FLAGS] = eventFlags(queue.flags[i]!) | (changed === undefined ? 0 : ALERT_ACTION_CHANGED);
    row[e + ALERT_ACTION] = changed ?? Packet.VERDICT_NONE;
    if (shown > 0) this.writeStreamData(event, shown);
    if (flow >= 0) {
      const state = row[p + Packet.FLOW_STATE]! & ~Packet.FLOW_TO_SERVER;
      row[e + Packet.FLOW_STATE] = state | (toServer ? Packet.FLOW_TO_SERVER : 0);
    }
  }

  /** Members of the record: the transaction, the signature's context, and the variables of the flow. */
  private membersOf(subject: Subject | undefined, toServer: boolean, p: number, context: string): string {
    const flow = this.row[p + Packet.FLOW]!;
    const transaction = subject
      ? transactionMembers(subject.protocol, subject.transaction, toServer)
      : this.forwardedFor(p, flow);
    const alert = context === '' ? '' : `"alert":{${context}}`;
    return joined(joined(transaction, alert), this.metadata.members(flow));
  }

  /** For an alert without a transaction: the client named by a proxy in the first open transaction that has one. */
  private forwardedFor(p: number, flow: number): string {
    if (!this.reportsForwardedFor || flow < 0) return '';
    // Later requests of the same batch may already be parsed.
    if (knownApplication(this.row[p + Packet.FLOW_STATE]!, this.flows, flow * Flow.INTS) <= 0) return '';
    const conversation = applicationLayerOf(this.thread)?.sessionOf(flow);
    if (!conversation?.protocol.forwardedFor) return '';
    for (const transaction of conversation.transactions) {
      const members = conversation.protocol.forwardedFor(transaction);
      if (members !== '') return members;
    }
    return '';
  }

  /** @returns number of bytes shown of the stream in which it matched, 0 when it matched elsewhere */
  private gatherStreamData(p: number, flow: number, toServer: boolean, flags: number): number {
    if (!this.streamData || flow < 0 || (flags & (MATCH_STREAM | MATCH_TRANSACTION)) === 0) return 0;
    return this.streamData.gather(p, flow, toServer);
  }

  private writeStreamData(event: number, length: number): void {
    const { row } = this;
    const e = event * Packet.INTS;
    const at = reservedOffset(row, event);
    row[e + ALERT_DATA] = at;
    row[e + ALERT_DATA_LENGTH] = length;
    this.streamData!.write(this.thread.memory.bytes, at);
  }
}

/** Flags in the form used by outputs. */
function eventFlags(flags: number): number {
  return (
    ((flags & MATCH_STREAM) !== 0 ? ALERT_IN_STREAM : 0) |
    ((flags & MATCH_TRANSACTION) !== 0 ? ALERT_IN_TRANSACTION : 0) |
    ((flags & MATCH_GUESSED) !== 0 ? ALERT_TRANSACTION_GUESSED : 0)
  );
}

/** Members of the transaction in an alert. */
function transactionMembers(protocol: Protocol, transaction: Transaction, toServer: boolean): string {
  return joined(
    protocol.record(transaction, true, undefined, toServer),
    protocol.alertMembers?.(transaction, toServer) ?? '',
  );
}

function joined(a: string, b: string): string {
  return a !== '' && b !== '' ? `${a},${b}` : a + b;
}
