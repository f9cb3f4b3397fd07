/** What the client sends: commands, and messages between them. */
import type { Reading } from '../../../engine/application/stream-socket.js';
import { readTextLine, type TextLine } from '../../../engine/application/text-line.js';
import { latin1 } from '../../../engine/latin1.js';
import { chunkOf, heloOf, pathOf, wordOf } from './command-line.js';
import { type Exchange, type Kind, MAX_LINE_LENGTH } from './exchange.js';
import { Messages } from './messages.js';
import { DATA, HELO, MAIL, type SmtpTransaction } from './transaction.js';

export class Commands {
  private readonly messages: Messages;

  constructor(private readonly exchange: Exchange) {
    this.messages = new Messages(exchange);
  }

  *read(): Reading<void> {
    const { exchange, messages } = this;
    const { client } = exchange.session;
    while (!exchange.ended) {
      const line = yield* readTextLine(client, MAX_LINE_LENGTH);
      if (!line) return messages.abandon();
      exchange.addLineFrame('command_line', true, line.bytes.length, exchange.current);
      const text = latin1(line.bytes);
      const kind = this.command(text, line);
      if (kind === 'data') yield* messages.readData(client);
      else if (kind === 'chunk') yield* messages.readChunk(client, chunkOf(text)!);
    }
  }

  /** The stream has ended. */
  finish(): void {
    this.messages.abandon();
  }

  private command(text: string, { truncated }: TextLine): Kind {
    const { exchange } = this;
    const word = wordOf(text);
    // A client that does not wait for the reply to RSET assumes that it is accepted.
    exchange.reset();
    const transaction = exchange.transactionFor(word);
    if (word === 'QUIT') exchange.session.requests.inspectClient = true;
    if (!transaction && exchange.ended) return 'other';
    if (!exchange.greeted) exchange.reportMissingGreeting(transaction);
    if (truncated) exchange.reportTruncated(transaction, 'max_command_line_len_exceeded');
    const helo = heloOf(word, text);
    const kind = transaction ? this.processCommand(word, text, helo, transaction) : 'other';
    exchange.enqueue({ kind, transaction, helo });
    return kind;
  }

  private processCommand(
    word: string,
    text: string,
    helo: Uint8Array | undefined,
    transaction: SmtpTransaction,
  ): Kind {
    switch (word) {
      case 'HELO':
      case 'EHLO':
        return this.hello(transaction, helo);
      case 'MAIL':
        if (transaction.mailFrom === undefined) transaction.mailFrom = pathOf(text);
        else this.exchange.report(transaction, 'duplicate_fields');
        return this.advance(transaction, MAIL, 'other');
      case 'RCPT':
        transaction.addRecipient(pathOf(text));
        return this.advance(transaction, MAIL, 'other');
      case 'DATA':
        this.exchange.data = 'unknown';
        return this.advance(transaction, DATA, 'data');
      case 'BDAT':
        if (chunkOf(text) !== undefined) return this.advance(transaction, DATA, 'chunk');
        this.exchange.report(transaction, 'invalid_bdat');
        return 'other';
      case 'STARTTLS':
        return 'starttls';
      case 'RSET':
        return this.reset(transaction);
      default:
        return 'other';
    }
  }

  private advance(transaction: SmtpTransaction, progress: number, kind: Kind): Kind {
    this.exchange.session.advance(transaction, true, progress);
    return kind;
  }

  private hello(transaction: SmtpTransaction, name: Uint8Array | undefined): Kind {
    if (!name) return 'helo';
    transaction.helo ??= name;
    return this.advance(transaction, HELO, transaction.mailFrom === undefined ? 'helo' : 'renewal');
  }

  /** The current mail is abandoned once the server agrees. */
  private reset(transaction: SmtpTransaction): Kind {
    if (transaction.mailFrom === undefined) return 'other';
    this.messages.abandon();
    this.exchange.resetting = transaction;
    return 'reset';
  }
}
