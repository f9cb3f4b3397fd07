/** State shared by both directions: the current mail, and the commands without replies. */
import type { Session } from '../../../engine/application/session.js';
import type { SmtpSettings } from './settings.js';
import { type SmtpEvent, SmtpTransaction } from './transaction.js';

/** Maximum length of lines of commands, replies and messages: more than RFC 5321 4.5.3.1 allows. */
export const MAX_LINE_LENGTH = 4096;
/** Commands that may await their replies. */
const MAX_PENDING = 4096;

/** `renewal` is a HELO between the sender and the message of a mail. */
export type Kind = 'other' | 'helo' | 'renewal' | 'reset' | 'data' | 'starttls' | 'chunk' | 'message';

/** A command that awaits its reply. */
export interface PendingCommand {
  readonly kind: Kind;
  readonly transaction: SmtpTransaction | undefined;
  /** The name in HELO, used once it is accepted. */
  readonly helo?: Uint8Array | undefined;
}

export class Exchange {
  /** The mail that commands refer to. */
  current: SmtpTransaction | undefined;
  /** The name of the client, as accepted by the server. */
  helo: Uint8Array | undefined;
  readonly pending: PendingCommand[] = [];
  /** The server's reply to DATA. */
  data: 'unknown' | 'accepted' | 'rejected' = 'unknown';
  /** The mail that a RSET without a reply refers to. */
  resetting: SmtpTransaction | undefined;
  /** The server has sent something. */
  greeted = false;
  private missingGreetingReported = false;
  /** There are too many mails: nothing more is parsed. */
  ended = false;
  private readonly settings: SmtpSettings;

  constructor(readonly session: Session<SmtpTransaction>) {
    this.settings = session.settings as SmtpSettings;
  }

  /**
   * The transaction a command belongs to; after a completed mail, a command that ends the session does not begin
   * another.
   */
  transactionFor(word: string): SmtpTransaction | undefined {
    if (this.current) return this.current;
    const { session } = this;
    const first = session.transactionCount === 0;
    if (!first && (word === 'QUIT' || word === 'RSET' || word === 'NOOP')) return undefined;
    if (session.transactions.length - session.completed >= this.settings.maxTransactions) {
      this.ended = true;
      return undefined;
    }
    this.current = session.begin(new SmtpTransaction(session.transactionCount, this.helo, this.settings));
    session.advance(this.current, true, 0);
    return this.current;
  }

  /** A command was read; beyond a limit, none is remembered. */
  enqueue(command: PendingCommand): void {
    if (this.pending.length < MAX_PENDING) this.pending.push(command);
  }

  /** Abandons the mail without a message. */
  abandon(transaction: SmtpTransaction): void {
    this.session.complete(transaction);
    if (this.current === transaction) this.current = undefined;
  }

  /** RSET is effective: its mail is abandoned. */
  reset(): void {
    if (this.resetting) this.abandon(this.resetting);
    this.resetting = undefined;
  }

  /** The command whose reply comes next. */
  repliedTransaction(): SmtpTransaction | undefined {
    return this.pending[0]?.transaction ?? this.current;
  }

  /** The line before `position`, as a frame. */
  addLineFrame(
    type: string,
    toServer: boolean,
    length: number,
    transaction: SmtpTransaction | undefined,
  ): void {
    const { client, server } = this.session;
    const { position } = toServer ? client : server;
    this.session.frame(type, toServer, position - length - 2, length + 2, transaction);
  }

  report(transaction: SmtpTransaction | undefined, event: SmtpEvent): void {
    if (transaction) this.session.event(transaction, event);
  }

  /** The server did not begin with a greeting (RFC 5321 3.1): reported once. */
  reportMissingGreeting(transaction: SmtpTransaction | undefined): void {
    if (!this.missingGreetingReported) this.report(transaction, 'no_server_welcome_message');
    this.missingGreetingReported = true;
  }

  /** A line exceeds the limit: the rest of it is not inspected. */
  reportTruncated(transaction: SmtpTransaction | undefined, event: SmtpEvent): void {
    this.report(transaction, event);
    this.report(transaction, 'truncated_line');
  }
}
