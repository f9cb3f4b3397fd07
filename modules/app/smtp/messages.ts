/** Messages after DATA (RFC 5321 4.1.1.4) and BDAT (RFC 3030 2). */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { withoutLineEnd } from '../../../engine/application/text-line.js';
import { ChunkLines } from './chunk-lines.js';
import { type Exchange, MAX_LINE_LENGTH } from './exchange.js';
import { Mail } from './mail.js';
import type { SmtpSettings } from './settings.js';
import { COMPLETE, type SmtpTransaction } from './transaction.js';

const LF = 10;
const DOT = 0x2e;

export class Messages {
  private mail: Mail | undefined;
  /** For a message in chunks that are parsed. */
  private chunks: ChunkLines | undefined;

  constructor(private readonly exchange: Exchange) {}

  /** After DATA: lines up to a single dot. */
  *readData(client: StreamSocket): Reading<void> {
    const { exchange } = this;
    while (client.available === 0 && client.state === 'open') yield;
    const transaction = exchange.current;
    if (client.available > 0 && exchange.data === 'unknown')
      exchange.report(transaction, 'invalid_pipelined_sequence');
    if (this.isRejected() || !transaction) return;
    const frame = exchange.session.frame('data', true, client.position, -1, transaction);
    // Chunks sent before, without a last one, do not belong to it.
    this.abandon();
    this.mail = new Mail(exchange.session, transaction);
    if (!(yield* this.readToDot(client))) return;
    frame?.endAt(client.position);
    this.end(transaction);
  }

  /** @returns whether the message is complete */
  private *readToDot(client: StreamSocket): Reading<boolean> {
    let continues = false;
    for (;;) {
      const part =
        client.takeUntil(LF, MAX_LINE_LENGTH) ?? (yield* this.readLinePart(client, MAX_LINE_LENGTH));
      if (!part) {
        if (client.state !== 'gap') return this.lastLine(client);
        this.mail?.gap(client.missing);
        client.resume();
        continue;
      }
      // A rejection is known at the latest when the first line of unwanted data is read.
      if (this.isRejected()) return false;
      const ended = part.at(-1) === LF;
      const line = withoutLineEnd(part);
      const dotted = line[0] === DOT && !continues;
      if (dotted && line.length === 1 && ended) return true;
      continues = !ended;
      this.mail?.line(dotted ? line.subarray(1) : line, ended);
    }
  }

  /** The stream ended within a line. */
  private lastLine(client: StreamSocket): false {
    if (client.available > 0 && !this.isRejected()) this.mail?.line(client.takeAll(), false);
    return false;
  }

  private isRejected(): boolean {
    return this.exchange.data === 'rejected';
  }

  /** After BDAT: `length` bytes. Unless they are parsed as a message, rules and records have only the envelope. */
  *readChunk(
    client: StreamSocket,
    { length, last }: { readonly length: number; readonly last: boolean },
  ): Reading<void> {
    const transaction = this.exchange.current!;
    const lines = this.linesOfChunks(transaction);
    if ((yield* client.pass(length, lines && (bytes => lines.add(bytes)))) > 0 || !last) return;
    // The reply to this command is that of the message.
    this.exchange.pending.pop();
    this.end(transaction);
  }

  private linesOfChunks(transaction: SmtpTransaction): ChunkLines | undefined {
    const { session } = this.exchange;
    if (!(session.settings as SmtpSettings).chunks) return undefined;
    this.mail ??= new Mail(session, transaction);
    this.chunks ??= new ChunkLines((line, ended) => this.mail?.line(line, ended));
    return this.chunks;
  }

  /** A line with its end, or as many bytes of one as allowed. */
  private *readLinePart(client: StreamSocket, most: number): Reading<Uint8Array | undefined> {
    const line = yield* client.readUntil(LF, most);
    if (line || client.state !== 'limit') return line;
    client.resume();
    return yield* client.read(most);
  }

  private end(transaction: SmtpTransaction): void {
    const { session, pending } = this.exchange;
    this.endMail(false);
    session.advance(transaction, true, COMPLETE);
    pending.push({ kind: 'message', transaction });
    this.exchange.current = undefined;
  }

  /** Abandons the message as incomplete. */
  abandon(): void {
    this.endMail(true);
  }

  private endMail(cut: boolean): void {
    this.chunks?.end();
    this.mail?.end(cut);
    this.chunks = undefined;
    this.mail = undefined;
  }
}
