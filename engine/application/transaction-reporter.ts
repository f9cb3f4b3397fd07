/**
 * What is reported to detection and outputs: updates of transactions with the packets that caused them, records of
 * finished transactions, complete files.
 */

import type {
  ApplicationSession,
  ClosedFile,
  FinishedListener,
  TransactionUpdate,
} from '../application-layer.js';
import type { Batch } from '../batch.js';
import { addEvent, EVENT_ANOMALY, EVENT_FRAME, EVENT_TRANSACTION, TRANSACTION_OUTPUTS } from '../event.js';
import * as Flow from '../flow/flow-record.js';
import { frameOutputs, frameRecords } from '../frames/frame-outputs.js';
import { STREAM_FRAME } from '../frames/frame-protocol.js';
import type { Frames } from '../frames/frames.js';
import type { Thread } from '../module.js';
import * as Packet from '../packet.js';
import type { Protocol, Transaction } from '../protocol.js';
import type { ApplicationState } from './application-state.js';
import type { Session } from './session.js';

export class TransactionReporter {
  readonly updates: TransactionUpdate[] = [];
  readonly closedFiles: ClosedFile[] = [];
  /** Called with finished transactions, in addition to their records. */
  finished: FinishedListener | undefined;
  private batch!: Batch;
  private readonly lostEvents: number;
  private readonly logsTransactions: boolean;
  private readonly logsAnomalies: boolean;
  private readonly frameOutputs: ReturnType<typeof frameOutputs>;

  constructor(
    private readonly thread: Thread,
    private readonly transactions: (session: Session) => number,
  ) {
    this.lostEvents = thread.counters.declare('app_layer.events_lost');
    this.logsTransactions = thread.wants(EVENT_TRANSACTION);
    this.logsAnomalies = thread.wants(EVENT_ANOMALY);
    this.frameOutputs = thread.wants(EVENT_FRAME) ? frameOutputs(thread.config) : [];
  }

  begin(batch: Batch): void {
    this.batch = batch;
    this.updates.length = 0;
    this.closedFiles.length = 0;
  }

  /** Reports what changed in one direction; at the end of the flow, in both. */
  report(slot: number, state: ApplicationState, toServer: boolean): void {
    const { session, formerSessions } = state;
    if (formerSessions.length > 0) {
      for (const before of formerSessions) this.reportSession(slot, before, toServer);
      state.formerSessions = formerSessions.filter(
        before => before.transactions.length > 0 || before.frames?.pending,
      );
    }
    if (session) this.reportSession(slot, session, toServer);
    state.isReported = state.formerSessions.length === 0 && !session?.hasUnreported;
  }

  private reportSession(slot: number, session: Session, toServer: boolean): void {
    this.reportDirection(slot, session, toServer);
    if (session.exceedsLimit) this.reportDirection(slot, session, !toServer);
    if (session.earlyRecords.length > 0) this.logEarlyRecords(slot, session);
    if (session.completed > 0) this.freeComplete(slot, session);
  }

  private logEarlyRecords(slot: number, session: Session): void {
    for (const transaction of session.earlyRecords) {
      if (!transaction.logged) this.log(slot, session, transaction);
    }
    session.clearEarlyRecords();
  }

  private reportFrames(slot: number, frames: Frames, toServer: boolean): void {
    const changed = frames.changed(toServer);
    for (const frame of changed) {
      this.updates.push(updateOf(slot, frames, frame, toServer));
      if (!frame.closed || frame.logged || frame.type === STREAM_FRAME) continue;
      frame.logged = true;
      for (const { members, outputs } of frameRecords(frame, this.frameOutputs))
        this.addEvent(EVENT_FRAME, slot, members, frame, outputs);
    }
    changed.clear();
  }

  private reportDirection(slot: number, session: Session, toServer: boolean): void {
    if (session.frames) this.reportFrames(slot, session.frames, toServer);
    const changed = session.changed(toServer);
    if (changed.length === 0) return;
    for (let i = 0; i < changed.length; i++) {
      const transaction = changed[i]!;
      this.updates.push(updateOf(slot, session, transaction, toServer));
      if (transaction.files) this.reportClosedFiles(slot, session, transaction, toServer);
      if (transaction.events.length > 0 && this.logsAnomalies) this.logAnomalies(slot, session, transaction);
    }
    session.clearChanged(toServer);
  }

  private reportClosedFiles(
    slot: number,
    session: ApplicationSession,
    transaction: Transaction,
    toServer: boolean,
  ): void {
    for (const file of transaction.files!) {
      if (file.toServer !== toServer || file.state === 'open') continue;
      file.endedBefore = file.isRecorded;
      if (file.isRecorded) continue;
      file.isRecorded = true;
      this.closedFiles.push({ slot, session, transaction, file });
    }
  }

  /**
   * Frees transactions that are complete and were reported in both directions. The record is created on completion; if
   * only the end of a stream completed it, when it is reported: the connection is closed then.
   */
  private freeComplete(slot: number, session: Session): void {
    const { transactions } = session;
    let left = session.completed;
    let kept = 0;
    let seen = 0;
    for (; left > 0 && seen < transactions.length; seen++) {
      const transaction = transactions[seen]!;
      const complete = session.isComplete(transaction);
      const done = complete && !transaction.changed;
      if (complete) {
        left--;
        if (!transaction.logged && (done || !transaction.endsWithStream))
          this.log(slot, session, transaction);
      }
      if (done) {
        session.completed--;
        session.protocol.release?.(transaction);
      } else {
        transactions[kept++] = transaction;
      }
    }
    if (kept === seen) return;
    for (let i = seen; i < transactions.length; i++) transactions[kept++] = transactions[i]!;
    session.truncate(kept);
  }

  /** Counts and frees the remaining transactions of a session without reporting them. */
  discard(session: Session): void {
    for (const transaction of session.transactions) {
      if (!transaction.logged) this.count(session, transaction);
      session.protocol.release?.(transaction);
    }
  }

  private count(session: Session, transaction: Transaction): void {
    const { flows, counters } = this.thread;
    if (session.protocol.countsTransactions !== false) counters.values[this.transactions(session)]!++;
    transaction.logged = true;
    flows.row[session.flow * Flow.INTS + Flow.TRANSACTIONS]!++;
  }

  private log(slot: number, session: Session, transaction: Transaction): void {
    this.count(session, transaction);
    this.finished?.(slot, session, transaction);
    if (!this.logsTransactions) return;
    const { protocol, settings } = session;
    const forwarded = protocol.forwardedFor?.(transaction) ?? '';
    const whole = (members: string) => (forwarded === '' ? members : `${members},${forwarded}`);
    if (protocol.records) {
      for (const { members, outputs } of protocol.records(transaction, settings))
        this.addEvent(EVENT_TRANSACTION, slot, whole(members), transaction, outputs);
      return;
    }
    const members = protocol.record(transaction, false, settings);
    if (members !== '') this.addEvent(EVENT_TRANSACTION, slot, whole(members), transaction, 0);
  }

  private logAnomalies(slot: number, session: Session, transaction: Transaction): void {
    const from = transaction.loggedEvents ?? 0;
    transaction.loggedEvents = transaction.events.length;
    for (let i = from; i < transaction.events.length; i++) {
      this.addEvent(EVENT_ANOMALY, slot, anomaly(session.protocol, transaction.events[i]!), transaction, 0);
    }
  }

  private addEvent(kind: number, slot: number, members: string, { id }: Transaction, outputs: number): void {
    const event = addEvent(this.thread, this.batch, kind, slot, members);
    if (event < 0) {
      this.thread.counters.values[this.lostEvents]!++;
      return;
    }
    const { row } = this.thread.memory;
    row[event * Packet.INTS + Packet.EVENT_TRANSACTION] = id;
    row[event * Packet.INTS + TRANSACTION_OUTPUTS] = outputs;
  }
}

function anomaly({ name, events, upperCaseEvents }: Protocol, event: number): string {
  const text = upperCaseEvents ? events[event]!.toUpperCase() : events[event];
  return `"anomaly":{"app_proto":"${name}","type":"applayer","event":"${text}","layer":"proto_parser"}`;
}

function updateOf(
  slot: number,
  session: ApplicationSession,
  transaction: Transaction,
  toServer: boolean,
): TransactionUpdate {
  const names = toServer ? session.protocol.progressToServer : session.protocol.progressToClient;
  const progress = toServer ? transaction.progressToServer : transaction.progressToClient;
  return {
    slot,
    session,
    transaction,
    toServer,
    progress,
    events: transaction.events.length,
    bodyLength: session.protocol.bodyLength?.(transaction, toServer) ?? -1,
    complete: progress >= names.length - 1,
  };
}
