/** What the server sends: replies, matched to commands. */
import type { Reading } from '../../../engine/application/stream-socket.js';
import { readTextLine, type TextLine } from '../../../engine/application/text-line.js';
import { latin1 } from '../../../engine/latin1.js';
import { type Exchange, type Kind, MAX_LINE_LENGTH, type PendingCommand } from './exchange.js';
import { ANSWERED, DATA_ANSWERED, type SmtpTransaction } from './transaction.js';

const DASH = 0x2d;

export class Replies {
  constructor(private readonly exchange: Exchange) {}

  *read(): Reading<void> {
    const { exchange } = this;
    const { server, requests } = exchange.session;
    while (!exchange.ended) {
      const line = yield* readTextLine(server, MAX_LINE_LENGTH);
      if (!line) return;
      exchange.addLineFrame('response_line', false, line.bytes.length, exchange.repliedTransaction());
      this.reply(line);
      // What follows is another protocol.
      if (requests.changeTo !== undefined) yield;
    }
  }

  private reply({ bytes, truncated }: TextLine): void {
    const { exchange } = this;
    const code = /^\d{3}/.exec(latin1(bytes))?.[0];
    if (code === undefined) {
      exchange.report(exchange.repliedTransaction(), 'invalid_reply');
      return;
    }
    if (truncated) exchange.reportTruncated(exchange.repliedTransaction(), 'max_reply_line_len_exceeded');
    // A dash indicates that more lines follow.
    if (bytes[3] === DASH) return;
    if (this.exchange.greeted || !this.isGreeting(code)) this.answer(code);
  }

  /** @returns whether the first reply belongs to no command */
  private isGreeting(code: string): boolean {
    const { exchange } = this;
    exchange.greeted = true;
    if (code === '220') return true;
    exchange.reportMissingGreeting(exchange.repliedTransaction());
    return exchange.pending.length === 0;
  }

  private answer(code: string): void {
    const { exchange } = this;
    const command = exchange.pending.shift();
    if (command) this.processReply(command, code);
    else exchange.report(exchange.current, 'unable_to_match_reply_with_request');
  }

  private processReply({ kind, transaction, helo }: PendingCommand, code: string): void {
    const { exchange } = this;
    const { session } = exchange;
    const accepted = code.startsWith('2') || code.startsWith('3');
    if (accepted && helo) this.applyHelo(helo, kind, transaction);
    if (kind === 'reset' && exchange.resetting === transaction) this.answerReset(accepted);
    if (kind === 'data') this.answerData(transaction, accepted);
    if (kind === 'starttls') this.answerTls(transaction, accepted);
    if (kind === 'message' && transaction) {
      session.advance(transaction, false, ANSWERED);
      session.complete(transaction);
    } else if (transaction && !session.isComplete(transaction)) session.advance(transaction, false, 0);
  }

  /** A server that accepts another HELO discards the mail that was begun (RFC 5321 4.1.4). */
  private applyHelo(helo: Uint8Array, kind: Kind, transaction: SmtpTransaction | undefined): void {
    this.exchange.helo = helo;
    if (!transaction) return;
    if (transaction.mailFrom === undefined) transaction.helo = helo;
    else if (kind === 'renewal') this.exchange.abandon(transaction);
  }

  /** The mail continues if the server does not discard it. */
  private answerReset(accepted: boolean): void {
    if (accepted) this.exchange.reset();
    else this.exchange.resetting = undefined;
  }

  private answerData(transaction: SmtpTransaction | undefined, accepted: boolean): void {
    const { exchange } = this;
    exchange.data = accepted ? 'accepted' : 'rejected';
    if (transaction) exchange.session.advance(transaction, false, DATA_ANSWERED);
    if (!accepted) exchange.report(transaction, 'data_command_rejected');
  }

  private answerTls(transaction: SmtpTransaction | undefined, accepted: boolean): void {
    if (accepted) this.exchange.session.requests.changeTo = 'tls';
    else this.exchange.report(transaction, 'tls_rejected');
  }
}
