/** State shared by both directions of an HTTP/2 connection: its streams, and the effects of frames on them. */
import type { Session } from '../../../engine/application/session.js';
import { ACK, END_STREAM, type FrameHeader, HEADERS, PUSH_PROMISE, RST_STREAM, SETTINGS } from './frame.js';
import { recordFrame } from './frame-numbers.js';
import { HeaderFrames } from './header-frames.js';
import type { Field } from './header-table.js';
import { MessageBody } from './message-body.js';
import { Streams } from './streams.js';
import { DATA_DONE, HEADERS_DONE, type Http2Transaction } from './transaction.js';

export class Connection {
  readonly streams: Streams;
  private readonly toServer: HeaderFrames;
  private readonly toClient: HeaderFrames;

  constructor(readonly session: Session<Http2Transaction>) {
    this.streams = new Streams(session);
    this.toServer = new HeaderFrames(this.streams, true);
    this.toClient = new HeaderFrames(this.streams, false);
  }

  /** Adds a request that is already complete. */
  addRequest(number: number, fields: readonly Field[]): void {
    const stream = this.streams.stream(number);
    if (!stream) return;
    stream.transaction.request.addBlock(fields);
    this.session.advance(stream.transaction, true, HEADERS_DONE);
    this.streams.close(stream, true, false);
  }

  // ── frames ──

  /** Handles everything except DATA and CONTINUATION. @param payload valid until this returns */
  frame(header: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    if (header.type === HEADERS || header.type === PUSH_PROMISE)
      this.headers(toServer).begin(header, payload);
    else if (header.stream === 0) this.globalFrame(header, payload, toServer);
    else this.streamFrame(header, payload, toServer);
  }

  continuation(header: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    this.headers(toServer).continuation(header, payload);
  }

  private headers(toServer: boolean): HeaderFrames {
    return toServer ? this.toServer : this.toClient;
  }

  private globalFrame({ type, flags }: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    if (type === SETTINGS && (flags & ACK) !== 0) return;
    this.streams.addGlobal(toServer, transaction => this.note(transaction, type, payload, toServer));
  }

  private streamFrame({ type, stream }: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    const found = this.streams.stream(stream);
    if (!found) return;
    this.note(found.transaction, type, payload, toServer);
    this.session.advance(found.transaction, toServer, 0);
    if (type !== RST_STREAM) return;
    this.streams.close(found, toServer, true);
    // The server's response to a client that cancels may already be on its way, and belongs to the stream.
    if (!toServer) this.streams.close(found, true, true);
  }

  private note(transaction: Http2Transaction, type: number, payload: Uint8Array, toServer: boolean): void {
    const wrong = recordFrame(transaction.message(toServer), type, payload);
    if (wrong) this.streams.report(transaction, wrong);
  }

  // ── data ──

  /** A DATA frame begins. @returns the receiver of its bytes; undefined if there is none */
  beginData({ stream, type }: FrameHeader, toServer: boolean): MessageBody | undefined {
    if (stream === 0) this.streams.reportGlobal(toServer, 'data_stream_zero');
    const found = stream === 0 ? undefined : this.streams.stream(stream);
    if (!found) return undefined;
    const { transaction, bodies } = found;
    const message = transaction.message(toServer);
    message.note(message.frames, type);
    const side = toServer ? 'toServer' : 'toClient';
    bodies[side] ??= new MessageBody(this.streams, transaction, toServer);
    return bodies[side];
  }

  endData({ stream, flags }: FrameHeader, toServer: boolean): void {
    const found = this.streams.find(stream);
    if (!found || (flags & END_STREAM) === 0) return;
    this.session.advance(found.transaction, toServer, DATA_DONE);
    this.streams.close(found, toServer, false);
  }
}
