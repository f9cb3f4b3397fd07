/** What both sides of a connection have in common: which request the server is answering. */
import type { Session } from '../../../engine/application/session.js';
import type { PgsqlSettings } from './settings.js';
import { COMPLETE, type EVENTS, PgsqlTransaction } from './transaction.js';

/** How the server wants to know who the client is: what a message of type `p` means. */
export type Authentication = 'password' | 'sasl' | 'sasl going on';

export class Connection {
  readonly settings: PgsqlSettings;
  authentication: Authentication = 'password';
  /** The server said once that it is ready. */
  ready = false;
  /** The client asked for encryption, and waits for one byte. */
  asksForEncryption = false;
  /** Requests not answered yet, oldest first; undefined for those that are no transaction. */
  private readonly waiting: (PgsqlTransaction | undefined)[] = [];

  constructor(readonly session: Session<PgsqlTransaction>) {
    this.settings = session.settings as PgsqlSettings;
    session.requests.streamDepth = this.settings.depth;
  }

  /** The request whose response comes now. */
  get answered(): PgsqlTransaction | undefined {
    return this.waiting[0];
  }

  /** A request that is complete. */
  ask(fill: (transaction: PgsqlTransaction) => void): PgsqlTransaction {
    const transaction = this.begin();
    fill(transaction);
    this.session.advance(transaction, true, COMPLETE);
    this.wait(transaction);
    return transaction;
  }

  begin(): PgsqlTransaction {
    const { session, settings } = this;
    const transaction = session.begin(new PgsqlTransaction(session.transactionCount, settings));
    if (session.transactions.length - session.completed > settings.mostTransactions) {
      session.event(transaction, 'too_many_transactions');
      session.completeOldest();
    }
    return transaction;
  }

  /** A request is to be answered. */
  wait(transaction: PgsqlTransaction | undefined): void {
    this.waiting.push(transaction);
    if (this.waiting.length > this.settings.mostTransactions) this.waiting.shift();
  }

  /** The response that came is complete. */
  conclude(): void {
    const transaction = this.waiting.shift();
    if (transaction) this.session.complete(transaction);
  }

  /** A direction cannot be read: said of what is open in it, or of a transaction of its own. */
  fail(toServer: boolean, event: (typeof EVENTS)[number]): void {
    const transaction = (toServer ? undefined : this.answered) ?? this.begin();
    this.session.event(transaction, event);
    this.session.complete(transaction);
    this.session.failed = true;
  }
}
