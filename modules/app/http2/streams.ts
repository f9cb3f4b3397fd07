/** Streams of a connection (RFC 9113 5.1) by number. */

import type { Session } from '../../../engine/application/session.js';
import { HiddenMap } from '../../../engine/memory/hidden-map.js';
import { readDnsBody } from './dns-message.js';
import type { Http2Event } from './events.js';
import type { MessageBody } from './message-body.js';
import type { Http2Settings } from './settings.js';
import { COMPLETE, Http2Transaction } from './transaction.js';

/** Numbers of ended streams that are kept per connection. */
const MAX_ENDED = 256;

/** One stream while it is open. */
export interface Stream {
  readonly transaction: Http2Transaction;
  readonly bodies: { toServer?: MessageBody; toClient?: MessageBody };
}

export class Streams {
  readonly settings: Http2Settings;
  private readonly open = new HiddenMap<number, Stream>();
  /** The most recently ended streams: their numbers are not used again. */
  private readonly ended = new Set<number>();

  constructor(readonly session: Session<Http2Transaction>) {
    this.settings = session.settings as Http2Settings;
  }

  /** The stream; undefined if it does not exist or has ended. */
  find(number: number): Stream | undefined {
    return this.open.get(number);
  }

  /**
   * The stream, created if it does not exist; undefined if it has ended. A number lower than others does not mean that
   * the stream has ended: a PRIORITY may name any stream before it is used (RFC 9113 5.1.1 and 5.3).
   */
  stream(number: number): Stream | undefined {
    const known = this.open.get(number);
    if (known && !this.session.isComplete(known.transaction)) return known;
    if (known) this.forget(number);
    return this.ended.has(number) ? undefined : this.begin(number);
  }

  private forget(number: number): void {
    this.open.delete(number);
    this.addEnded(number);
  }

  private addEnded(number: number): void {
    this.ended.add(number);
    const [oldest] = this.ended;
    if (this.ended.size > MAX_ENDED) this.ended.delete(oldest!);
  }

  private begin(number: number): Stream {
    if (this.open.size >= this.settings.maxStreams) this.endOldest();
    const stream = { transaction: this.newTransaction(number), bodies: {} };
    this.open.set(number, stream);
    return stream;
  }

  /** A client that names very many streams must not hide those that it uses afterwards. */
  private endOldest(): void {
    const oldest = this.open.takeOldest();
    this.addEnded(oldest.transaction.stream);
    if (this.session.isComplete(oldest.transaction)) return;
    this.report(oldest.transaction, 'too_many_streams');
    this.close(oldest, true, true);
    this.close(oldest, false, true);
  }

  private newTransaction(number: number): Http2Transaction {
    const { session, settings } = this;
    return session.begin(new Http2Transaction(session.transactionCount, number, settings));
  }

  /** One side has sent everything. @param cut before its message was complete */
  close({ transaction, bodies }: Stream, toServer: boolean, cut: boolean): void {
    (toServer ? bodies.toServer : bodies.toClient)?.end(cut);
    if (!readDnsBody(transaction.message(toServer)))
      this.report(transaction, toServer ? 'dns_request_too_long' : 'dns_response_too_long');
    this.session.advance(transaction, toServer, COMPLETE);
    if (this.session.isComplete(transaction)) this.forget(transaction.stream);
  }

  /** The flow has ended. */
  finish(): void {
    for (const stream of [...this.open.values()]) {
      this.close(stream, true, true);
      this.close(stream, false, true);
    }
  }

  // ── the connection as a whole ──

  /** Adds a connection-level transaction, which is complete at once. */
  addGlobal(toServer: boolean, fill: (transaction: Http2Transaction) => void): void {
    const { session } = this;
    const transaction = this.newTransaction(0);
    fill(transaction);
    session.advance(transaction, toServer, COMPLETE);
    session.complete(transaction);
  }

  report(transaction: Http2Transaction, event: Http2Event): void {
    this.session.event(transaction, event);
  }

  /** Reports an error that belongs to no stream. */
  reportGlobal(toServer: boolean, event: Http2Event): void {
    this.addGlobal(toServer, transaction => this.report(transaction, event));
  }
}
