/** What both directions know: the mail in hand, and the commands that wait for their replies. */
import type { Session } from '../../../engine/application/session.js';
import type { SmtpSettings } from './settings.js';
import { type SmtpEvent, SmtpTransaction } from './transaction.js';

/** Longest line of commands, replies and messages: RFC 5321 4.5.3.1, leniently. */
export const LONGEST_LINE = 4096;
/** Commands that may wait for their replies. */
const MOST_WAITING = 4096;

/** `renewal` is a HELO between the sender and the message of a mail. */
export type Kind = 'other' | 'helo' | 'renewal' | 'reset' | 'data' | 'starttls' | 'chunk' | 'message';

/** A command that waits for its reply. */
export interface Waiting {
  readonly kind: Kind;
  readonly transaction: SmtpTransaction | undefined;
  /** Of HELO: what it says, which counts when it is accepted. */
  readonly helo?: Uint8Array | undefined;
}

export class Exchange {
  /** The mail that commands are about. */
  current: SmtpTransaction | undefined;
  /** What the client calls itself, as far as the server accepted it. */
  helo: Uint8Array | undefined;
  readonly waiting: Waiting[] = [];
  /** What the server said to DATA. */
  data: 'unknown' | 'accepted' | 'rejected' = 'unknown';
  /** The mail that a RSET without a reply is about. */
  resetting: SmtpTransaction | undefined;
  /** The server has said something. */
  greeted = false;
  private unwelcome = false;
  /** There are too many mails: nothing more is read. */
  over = false;
  private readonly settings: SmtpSettings;

  constructor(readonly session: Session<SmtpTransaction>) {
    this.settings = session.settings as SmtpSettings;
  }

  /** Whose command it is; behind a mail that is over, one that ends the session begins no other. */
  transactionFor(word: string): SmtpTransaction | undefined {
    if (this.current) return this.current;
    const { session } = this;
    const first = session.transactionCount === 0;
    if (!first && (word === 'QUIT' || word === 'RSET' || word === 'NOOP')) return undefined;
    if (session.transactions.length - session.completed >= this.settings.mostTransactions) {
      this.over = true;
      return undefined;
    }
    this.current = session.begin(new SmtpTransaction(session.transactionCount, this.helo, this.settings));
    session.advance(this.current, true, 0);
    return this.current;
  }

  /** A command was read; beyond some, none is remembered. */
  wait(command: Waiting): void {
    if (this.waiting.length < MOST_WAITING) this.waiting.push(command);
  }

  /** The mail is given up without a message. */
  giveUp(transaction: SmtpTransaction): void {
    this.session.complete(transaction);
    if (this.current === transaction) this.current = undefined;
  }

  /** RSET counts: its mail is given up. */
  reset(): void {
    if (this.resetting) this.giveUp(this.resetting);
    this.resetting = undefined;
  }

  /** Whose reply comes next. */
  replied(): SmtpTransaction | undefined {
    return this.waiting[0]?.transaction ?? this.current;
  }

  /** The line before `position`, as a frame. */
  noteLine(type: string, toServer: boolean, length: number, transaction: SmtpTransaction | undefined): void {
    const { client, server } = this.session;
    const { position } = toServer ? client : server;
    this.session.frame(type, toServer, position - length - 2, length + 2, transaction);
  }

  report(transaction: SmtpTransaction | undefined, event: SmtpEvent): void {
    if (transaction) this.session.event(transaction, event);
  }

  /** The server did not begin with a welcome (RFC 5321 3.1): told once. */
  reportNoWelcome(transaction: SmtpTransaction | undefined): void {
    if (!this.unwelcome) this.report(transaction, 'no_server_welcome_message');
    this.unwelcome = true;
  }

  /** A line is longer than there is room for: what is behind is not looked at. */
  reportCut(transaction: SmtpTransaction | undefined, event: SmtpEvent): void {
    this.report(transaction, event);
    this.report(transaction, 'truncated_line');
  }
}
