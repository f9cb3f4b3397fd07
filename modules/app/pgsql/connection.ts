/** State shared by both sides of a connection: which request the server is answering. */
import type { Session } from '../../../engine/application/session.js';
import type { PgsqlSettings } from './settings.js';
import { COMPLETE, type EVENTS, PgsqlTransaction } from './transaction.js';

/** The authentication method, which determines the meaning of a message of type `p`. */
export type Authentication = 'password' | 'sasl' | 'sasl going on';

export class Connection {
  readonly settings: PgsqlSettings;
  authentication: Authentication = 'password';
  /** The server has signalled once that it is ready. */
  ready = false;
  /** The client requested encryption, and awaits one byte. */
  encryptionRequested = false;
  /** Requests without a response, oldest first; undefined for those that are not transactions. */
  private readonly pending: (PgsqlTransaction | undefined)[] = [];

  constructor(readonly session: Session<PgsqlTransaction>) {
    this.settings = session.settings as PgsqlSettings;
    session.requests.streamDepth = this.settings.depth;
  }

  /** The request whose response arrives now. */
  get answered(): PgsqlTransaction | undefined {
    return this.pending[0];
  }

  /** Adds a complete request. */
  addRequest(fill: (transaction: PgsqlTransaction) => void): PgsqlTransaction {
    const transaction = this.begin();
    fill(transaction);
    this.session.advance(transaction, true, COMPLETE);
    this.enqueue(transaction);
    return transaction;
  }

  begin(): PgsqlTransaction {
    const { session, settings } = this;
    const transaction = session.begin(new PgsqlTransaction(session.transactionCount, settings));
    if (session.transactions.length - session.completed > settings.maxTransactions) {
      session.event(transaction, 'too_many_transactions');
      session.completeOldest();
    }
    return transaction;
  }

  /** Adds a request that awaits a response. */
  enqueue(transaction: PgsqlTransaction | undefined): void {
    this.pending.push(transaction);
    if (this.pending.length > this.settings.maxTransactions) this.pending.shift();
  }

  /** The current response is complete. */
  completeResponse(): void {
    const transaction = this.pending.shift();
    if (transaction) this.session.complete(transaction);
  }

  /** A direction cannot be parsed: reported for the transaction open in it, or for a new one. */
  fail(toServer: boolean, event: (typeof EVENTS)[number]): void {
    const transaction = (toServer ? undefined : this.answered) ?? this.begin();
    this.session.event(transaction, event);
    this.session.complete(transaction);
    this.session.failed = true;
  }
}
