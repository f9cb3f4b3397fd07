/** Transactions as passed to Lua output scripts: completed ones, and those of alerts and files. */
import type { ApplicationLayer, ApplicationSession } from '../../engine/application-layer.js';
import * as Event from '../../engine/event.js';
import type { Thread } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import type { Transaction } from '../../engine/protocol.js';
import type { Subject } from '../../engine/record/subject.js';

/** A transaction, and the packet with which it was reported. */
export interface TransactionAt {
  readonly slot: number;
  readonly session: ApplicationSession;
  readonly transaction: Transaction;
}

export class Transactions {
  private readonly layer: ApplicationLayer | undefined;
  /** Completed in the current batch, in packet order: detection has not inspected them yet when they are reported. */
  private readonly completed: TransactionAt[] = [];
  private next = 0;

  constructor(thread: Thread) {
    this.layer = thread.services.get('application-layer') as ApplicationLayer | undefined;
  }

  /** Stores completed ones. @throws Error when the thread has no application layer */
  listen(): void {
    if (!this.layer?.onFinished)
      throw new Error(
        'lua: scripts on transactions need outputs in the same thread as app: single, workers, autofp',
      );
    this.layer.onFinished((slot, session, transaction) =>
      this.completed.push({ slot, session, transaction }),
    );
  }

  /** The next one completed by a packet, or by any; undefined when none is left. */
  takeCompleted(slot?: number): TransactionAt | undefined {
    const first = this.completed[this.next];
    if (first && (slot === undefined || first.slot === slot)) {
      this.next++;
      return first;
    }
    if (slot === undefined) {
      this.completed.length = 0;
      this.next = 0;
    }
    return undefined;
  }

  /** The transaction of an alert or a file. */
  of(kind: number, subject: Subject): TransactionAt | undefined {
    const id = subject.field(Packet.EVENT_TRANSACTION);
    const isIt = ({ slot, session, transaction }: TransactionAt) =>
      transaction.id === id && session.flow === subject.flow && slot === subject.packet;
    if (kind === Event.EVENT_FILEINFO) return this.layer?.closedFiles.find(isIt);
    const isOfTransaction =
      kind === Event.EVENT_ALERT && (subject.field(Event.ALERT_FLAGS) & Event.ALERT_IN_TRANSACTION) !== 0;
    return isOfTransaction ? this.layer?.updates.find(isIt) : undefined;
  }
}
