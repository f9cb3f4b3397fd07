/** Commands and replies (RFC 5321, 3030): which reply is for which command, where a mail begins and ends. */
import type { Session } from '../../../engine/application/session.js';
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { readTextLine, type TextLine, withoutLineEnd } from '../../../engine/application/text-line.js';
import { latin1 } from '../http/bytes.js';
import { Mail } from './mail.js';
import type { SmtpSettings } from './settings.js';
import { ANSWERED, COMPLETE, DATA, HELO, MAIL, type SmtpEvent, SmtpTransaction } from './transaction.js';

const LF = 10;
const DOT = 0x2e;
const DASH = 0x2d;

/** RFC 5321 4.5.3.1, leniently. */
const LONGEST_LINE = 4096;
/** Commands that may wait for their replies. */
const MOST_WAITING = 4096;

type Kind = 'other' | 'helo' | 'data' | 'starttls' | 'chunk' | 'message';

/** A command that waits for its reply. */
interface Waiting {
  readonly kind: Kind;
  readonly transaction: SmtpTransaction | undefined;
  /** Of HELO: what it says, which counts when it is accepted. */
  readonly helo?: Uint8Array;
}

export class Conversation {
  private readonly settings: SmtpSettings;
  private current: SmtpTransaction | undefined;
  private helo: Uint8Array | undefined;
  private readonly waiting: Waiting[] = [];
  private mail: Mail | undefined;
  /** What the server said to DATA. */
  private data: 'unknown' | 'accepted' | 'rejected' = 'unknown';
  private greeted = false;
  private over = false;

  constructor(readonly session: Session<SmtpTransaction>) {
    this.settings = session.settings as SmtpSettings;
  }

  // ── what the client sends ──

  *commands(): Reading<void> {
    const { client, requests } = this.session;
    while (!this.over) {
      const line = yield* readTextLine(client, LONGEST_LINE);
      if (!line) return this.cut();
      this.note('command_line', true, line.bytes.length);
      const kind = this.command(line);
      if (kind === 'data') yield* this.message(client);
      else if (kind === 'chunk') yield* this.chunk(client, line);
      else if (kind === 'starttls') {
        // What follows is for whoever the reply makes it.
        yield;
        if (requests.changeTo !== undefined) return;
      }
    }
  }

  private note(type: string, toServer: boolean, length: number): void {
    const { client, server } = this.session;
    const { position } = toServer ? client : server;
    this.session.frame(type, toServer, position - length - 2, length + 2, this.current);
  }

  private command({ bytes, truncated }: TextLine): Kind {
    const text = latin1(bytes);
    const word = (/^[A-Za-z]+/.exec(text)?.[0] ?? '').toUpperCase();
    const transaction = this.transactionFor(word);
    if (!transaction && this.over) return 'other';
    if (truncated && transaction) this.report(transaction, 'max_command_line_len_exceeded');
    const kind = this.obey(word, text, transaction);
    if (this.waiting.length < MOST_WAITING)
      this.waiting.push({ kind, transaction, ...this.saidHelo(word, text) });
    return kind;
  }

  /** Whose command it is; behind a mail that is over, one that ends the session begins no other. */
  private transactionFor(word: string): SmtpTransaction | undefined {
    if (this.current) return this.current;
    const first = this.session.transactionCount === 0;
    if (!first && (word === 'QUIT' || word === 'RSET' || word === 'NOOP')) return undefined;
    const { session } = this;
    if (session.transactions.length - session.completed >= this.settings.mostTransactions) {
      this.over = true;
      return undefined;
    }
    this.current = session.begin(new SmtpTransaction(session.transactionCount, this.helo, this.settings));
    session.advance(this.current, true, 0);
    return this.current;
  }

  private saidHelo(word: string, text: string): { helo?: Uint8Array } {
    if (word !== 'HELO' && word !== 'EHLO') return {};
    const name = text.slice(4).trim();
    return name === '' ? {} : { helo: Buffer.from(name, 'latin1') };
  }

  private obey(word: string, text: string, transaction: SmtpTransaction | undefined): Kind {
    const { session } = this;
    if (!transaction) return 'other';
    switch (word) {
      case 'HELO':
      case 'EHLO':
        return this.hello(transaction, this.saidHelo(word, text).helo);
      case 'MAIL':
        transaction.mailFrom ??= pathOf(text);
        session.advance(transaction, true, MAIL);
        return 'other';
      case 'RCPT':
        transaction.addRecipient(pathOf(text));
        session.advance(transaction, true, MAIL);
        return 'other';
      case 'DATA':
        session.advance(transaction, true, DATA);
        this.data = 'unknown';
        return 'data';
      case 'BDAT':
        return this.beginChunk(transaction, text);
      case 'STARTTLS':
        return 'starttls';
      case 'RSET':
        this.reset(transaction);
        return 'other';
      default:
        return 'other';
    }
  }

  private hello(transaction: SmtpTransaction, name: Uint8Array | undefined): Kind {
    if (name) {
      transaction.helo ??= name;
      this.session.advance(transaction, true, HELO);
    }
    return 'helo';
  }

  /** The mail in hand is given up. */
  private reset(transaction: SmtpTransaction): void {
    if (transaction.mailFrom === undefined) return;
    this.mail?.end(true);
    this.mail = undefined;
    this.session.complete(transaction);
    this.current = undefined;
  }

  // ── messages ──

  /** Behind DATA: lines up to one that is a dot. */
  private *message(client: StreamSocket): Reading<void> {
    while (client.available === 0 && client.state === 'open') yield;
    if (client.available > 0 && this.data === 'unknown' && this.current)
      this.report(this.current, 'invalid_pipelined_sequence');
    if (this.data === 'rejected') return;
    const transaction = this.current;
    if (!transaction) return;
    const from = client.position;
    const frame = this.session.frame('data', true, from, -1, transaction);
    this.mail = new Mail(this.session, transaction);
    let continues = false;
    for (;;) {
      const piece = client.takeUntil(LF, LONGEST_LINE) ?? (yield* this.piece(client, LONGEST_LINE));
      if (!piece) {
        if (client.state !== 'gap') return this.lastLine(client);
        this.mail?.gap(client.missing);
        client.resume();
        continue;
      }
      // Said no later than with the first line of what should not be here.
      if (this.isRejected()) return;
      const ended = piece.at(-1) === LF;
      const line = withoutLineEnd(piece);
      const dotted = line[0] === DOT && !continues;
      if (dotted && line.length === 1 && ended) break;
      continues = !ended;
      this.mail?.line(dotted ? line.subarray(1) : line, ended);
    }
    frame?.endAt(client.position);
    this.endMessage(transaction);
  }

  /** The stream is over in the middle of a line. */
  private lastLine(client: StreamSocket): void {
    if (client.available > 0 && !this.isRejected()) this.mail?.line(client.rest(), false);
  }

  private isRejected(): boolean {
    return this.data === 'rejected';
  }

  private endMessage(transaction: SmtpTransaction): void {
    this.mail?.end(false);
    this.mail = undefined;
    this.session.advance(transaction, true, COMPLETE);
    this.waiting.push({ kind: 'message', transaction });
    this.current = undefined;
  }

  private beginChunk(transaction: SmtpTransaction, text: string): Kind {
    if (chunkOf(text) !== undefined) {
      this.session.advance(transaction, true, DATA);
      return 'chunk';
    }
    this.report(transaction, 'invalid_bdat');
    return 'other';
  }

  /** Behind BDAT: so many bytes. */
  private *chunk(client: StreamSocket, { bytes }: TextLine): Reading<void> {
    const { length, last } = chunkOf(latin1(bytes))!;
    const transaction = this.current!;
    this.mail ??= new Mail(this.session, transaction);
    for (let left = length; left > 0; ) {
      const piece = yield* this.piece(client, Math.min(left, LONGEST_LINE));
      if (!piece) return;
      left -= piece.length;
      this.mail?.line(withoutLineEnd(piece), piece.at(-1) === LF || left === 0);
    }
    if (!last) return;
    // Its own reply is that of the message.
    this.waiting.pop();
    this.endMessage(transaction);
  }

  /** A line with its end, or as many bytes of one as there may be. */
  private *piece(client: StreamSocket, most: number): Reading<Uint8Array | undefined> {
    const line = yield* client.readUntil(LF, most);
    if (line || client.state !== 'limit') return line;
    client.resume();
    return yield* client.read(most);
  }

  /** The stream is over. */
  private cut(): void {
    this.mail?.end(true);
    this.mail = undefined;
  }

  finish(): void {
    this.cut();
  }

  // ── what the server sends ──

  *replies(): Reading<void> {
    const { server } = this.session;
    while (!this.over) {
      const line = yield* readTextLine(server, LONGEST_LINE);
      if (!line) return;
      this.noteReply(line);
      this.reply(line);
    }
  }

  private noteReply({ bytes }: TextLine): void {
    const { server } = this.session;
    const { length } = bytes;
    const transaction = this.waiting[0]?.transaction ?? this.current;
    this.session.frame('response_line', false, server.position - length - 2, length + 2, transaction);
  }

  private reply({ bytes, truncated }: TextLine): void {
    const code = /^\d{3}/.exec(latin1(bytes))?.[0];
    const transaction = this.waiting[0]?.transaction ?? this.current;
    if (code === undefined) {
      if (transaction) this.report(transaction, 'invalid_reply');
      return;
    }
    if (truncated && transaction) this.report(transaction, 'max_reply_line_len_exceeded');
    // A dash says that more lines follow.
    if (bytes[3] === DASH) return;
    this.answer(code);
  }

  private answer(code: string): void {
    if (!this.greeted) {
      this.greeted = true;
      if (code.startsWith('2') && this.waiting.length === 0) return;
      if (this.waiting.length === 0 || code === '220') {
        if (code !== '220' && this.current) this.report(this.current, 'no_server_welcome_message');
        return;
      }
    }
    const command = this.waiting.shift();
    if (!command) {
      if (this.current) this.report(this.current, 'unable_to_match_reply_with_request');
      return;
    }
    this.conclude(command, code);
  }

  private conclude({ kind, transaction, helo }: Waiting, code: string): void {
    const accepted = code.startsWith('2') || code.startsWith('3');
    if (kind === 'helo' && accepted && helo) {
      this.helo = helo;
      if (transaction && transaction.mailFrom === undefined) transaction.helo = helo;
    }
    if (kind === 'data') this.answerData(transaction, accepted);
    if (kind === 'starttls') this.answerTls(transaction, accepted);
    if (kind === 'message' && transaction) {
      this.session.advance(transaction, false, ANSWERED);
      this.session.complete(transaction);
    } else if (transaction && !this.session.isComplete(transaction))
      this.session.advance(transaction, false, 0);
  }

  private answerData(transaction: SmtpTransaction | undefined, accepted: boolean): void {
    this.data = accepted ? 'accepted' : 'rejected';
    if (transaction) this.session.advance(transaction, false, 1);
    if (!accepted && transaction) this.report(transaction, 'data_command_rejected');
  }

  private answerTls(transaction: SmtpTransaction | undefined, accepted: boolean): void {
    if (accepted) this.session.requests.changeTo = 'tls';
    else if (transaction) this.report(transaction, 'tls_rejected');
  }

  private report(transaction: SmtpTransaction, event: SmtpEvent): void {
    this.session.event(transaction, event);
  }
}

/** `<a@example.org>` of `MAIL FROM:<a@example.org> SIZE=1` */
function pathOf(text: string): Uint8Array {
  const colon = text.indexOf(':');
  const rest = text.slice(colon < 0 ? 4 : colon + 1).trim();
  const end = rest.indexOf('>');
  return Buffer.from(end < 0 ? rest.split(' ')[0]! : rest.slice(0, end + 1), 'latin1');
}

/** `BDAT 100 LAST` */
function chunkOf(text: string): { readonly length: number; readonly last: boolean } | undefined {
  const match = /^BDAT\s+(\d{1,10})(\s+LAST)?\s*$/i.exec(text);
  return match ? { length: Number(match[1]), last: match[2] !== undefined } : undefined;
}
