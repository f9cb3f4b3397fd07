/** What both directions of one HTTP/2 connection share: its streams, and what frames do to them. */
import type { Session } from '../../../engine/application/session.js';
import { lowered } from '../http/bytes.js';
import { carriesDns, dnsOfPath, readDnsBody } from './dns-message.js';
import type { Http2Event } from './events.js';
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  type FrameHeader,
  GOAWAY,
  HEADERS,
  PING,
  PRIORITY,
  PUSH_PROMISE,
  parseSettings,
  RST_STREAM,
  SETTINGS,
  type Setting,
  uint32,
  WINDOW_UPDATE,
  WITH_PRIORITY,
  withoutPadding,
} from './frame.js';
import { HeaderDecoder } from './header-block.js';
import type { Field } from './header-table.js';
import { MessageBody } from './message-body.js';
import type { Http2Settings } from './settings.js';
import { AT, COMPLETE, DATA_DONE, HEADERS_DONE, Http2Transaction, type Message } from './transaction.js';

/** One stream while it is open. */
interface Stream {
  readonly transaction: Http2Transaction;
  readonly bodies: { toServer?: MessageBody; toClient?: MessageBody };
}

/** A header whose end is to come in CONTINUATION frames. */
interface OpenHeader {
  readonly stream: number;
  readonly flags: number;
  readonly type: number;
  readonly pieces: Uint8Array[];
  length: number;
}

/** State of one direction. */
class Side {
  readonly decoder: HeaderDecoder;
  open: OpenHeader | undefined;

  constructor({ mostTable }: Http2Settings) {
    this.decoder = new HeaderDecoder(mostTable);
  }
}

export class Connection {
  readonly settings: Http2Settings;
  /** Bodies are inspected as they come. */
  readonly atOnce: boolean;
  private readonly streams = new Map<number, Stream>();
  private readonly toServer: Side;
  private readonly toClient: Side;
  /** Highest numbers of streams so far: of the client's (odd), of the server's. */
  private readonly highest = [0, 0];

  constructor(readonly session: Session<Http2Transaction>) {
    this.settings = session.settings as Http2Settings;
    this.atOnce = session.sides.inline;
    this.toServer = new Side(this.settings);
    this.toClient = new Side(this.settings);
  }

  report(transaction: Http2Transaction, event: Http2Event): void {
    this.session.event(transaction, event);
  }

  // ── streams ──

  /** Adds what is about the connection as a whole, complete at once. */
  addGlobal(toServer: boolean, fill: (transaction: Http2Transaction) => void): void {
    const { session } = this;
    const transaction = session.begin(new Http2Transaction(session.transactionCount, 0, this.settings));
    fill(transaction);
    session.advance(transaction, toServer, COMPLETE);
    session.complete(transaction);
  }

  /** Something is wrong that belongs to no stream. */
  reportGlobal(toServer: boolean, event: Http2Event): void {
    this.addGlobal(toServer, transaction => this.report(transaction, event));
  }

  /** The stream, begun when there is none; undefined when it is over. */
  private stream(number: number): Stream | undefined {
    const known = this.streams.get(number);
    if (known && !this.session.isComplete(known.transaction)) return known;
    if (known) this.streams.delete(number);
    return number <= this.highest[number & 1]! ? undefined : this.begin(number);
  }

  private begin(number: number): Stream | undefined {
    const { session, streams } = this;
    this.highest[number & 1] = Math.max(number, this.highest[number & 1]!);
    if (streams.size >= this.settings.mostStreams) {
      this.reportGlobal(true, 'too_many_streams');
      return undefined;
    }
    const transaction = session.begin(new Http2Transaction(session.transactionCount, number, this.settings));
    const stream = { transaction, bodies: {} };
    streams.set(number, stream);
    return stream;
  }

  private close({ transaction, bodies }: Stream, toServer: boolean, cut: boolean): void {
    (toServer ? bodies.toServer : bodies.toClient)?.end(cut);
    if (!readDnsBody(transaction.message(toServer)))
      this.report(transaction, toServer ? 'dns_request_too_long' : 'dns_response_too_long');
    this.session.advance(transaction, toServer, COMPLETE);
    if (this.session.isComplete(transaction)) this.streams.delete(transaction.stream);
  }

  /** A request that is complete already. */
  addRequest(number: number, fields: readonly Field[]): void {
    const stream = this.stream(number);
    if (!stream) return;
    stream.transaction.request.addBlock(fields);
    this.session.advance(stream.transaction, true, HEADERS_DONE);
    this.close(stream, true, false);
  }

  /** The flow is over. */
  finish(): void {
    for (const stream of [...this.streams.values()]) {
      this.close(stream, true, true);
      this.close(stream, false, true);
    }
  }

  // ── frames ──

  /** Everything but DATA and CONTINUATION. @param payload is valid until this returns */
  frame(header: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    if (header.type === HEADERS || header.type === PUSH_PROMISE) this.beginHeader(header, payload, toServer);
    else if (header.stream === 0) this.globalFrame(header, payload, toServer);
    else this.streamFrame(header, payload, toServer);
  }

  private globalFrame({ type, flags }: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    if (type === SETTINGS && (flags & ACK) !== 0) return;
    this.addGlobal(toServer, transaction => {
      const message = transaction.message(toServer);
      message.note(message.frames, type);
      this.noteFields(type, payload, transaction, toServer);
    });
  }

  private streamFrame({ type, stream }: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    const found = this.stream(stream);
    if (!found) return;
    const { transaction } = found;
    const message = transaction.message(toServer);
    message.note(message.frames, type);
    this.noteFields(type, payload, transaction, toServer);
    this.session.advance(transaction, toServer, 0);
    if (type !== RST_STREAM) return;
    this.close(found, toServer, true);
    // What a server answers to a client that gives up may be on its way, and belongs to it.
    if (!toServer) this.close(found, true, true);
  }

  /** The numbers in a frame. */
  private noteFields(
    type: number,
    payload: Uint8Array,
    transaction: Http2Transaction,
    toServer: boolean,
  ): void {
    const message = transaction.message(toServer);
    if (type === SETTINGS) this.noteSettings(parseSettings(payload), transaction, toServer);
    else if (payload.length < (NEEDED[type] ?? 0)) this.report(transaction, 'invalid_frame_length');
    else if (type === PRIORITY) message.note(message.priorities, payload[4]!);
    else if (type === RST_STREAM) message.note(message.errors, uint32(payload, 0));
    else if (type === GOAWAY) message.note(message.errors, uint32(payload, 4));
    else if (type === WINDOW_UPDATE) message.note(message.windows, uint32(payload, 0) & 0x7fffffff);
  }

  private noteSettings(
    settings: readonly Setting[] | undefined,
    transaction: Http2Transaction,
    toServer: boolean,
  ): void {
    if (settings) transaction.message(toServer).noteSettings(settings);
    else this.report(transaction, 'invalid_frame_length');
  }

  // ── headers ──

  private beginHeader(header: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    const found = header.stream === 0 ? undefined : this.stream(header.stream);
    if (!found) {
      this.reportGlobal(toServer, header.stream === 0 ? 'invalid_frame_data' : 'stream_id_reuse');
      return;
    }
    const { transaction } = found;
    const message = transaction.message(toServer);
    message.note(message.frames, header.type);
    let fragment = withoutPadding(payload, header.flags);
    if (header.type === HEADERS && (header.flags & WITH_PRIORITY) !== 0) {
      if (fragment && fragment.length >= 5) message.note(message.priorities, fragment[4]!);
      fragment = afterFields(fragment, 5);
    }
    let { stream } = header;
    if (header.type === PUSH_PROMISE) {
      if (fragment && fragment.length >= 4) stream = uint32(fragment, 0) & 0x7fffffff;
      fragment = afterFields(fragment, 4);
    }
    if (!fragment) {
      this.report(transaction, 'invalid_frame_data');
      return;
    }
    const { type, flags } = header;
    if ((flags & END_HEADERS) !== 0) this.endHeader({ stream, flags, type }, fragment, toServer);
    else
      this.side(toServer).open = { stream, flags, type, pieces: [fragment.slice()], length: fragment.length };
  }

  continuation({ stream, flags }: FrameHeader, payload: Uint8Array, toServer: boolean): void {
    const side = this.side(toServer);
    const { open } = side;
    if (!open) {
      this.reportGlobal(toServer, 'invalid_frame_data');
      return;
    }
    if (stream !== open.stream && open.type !== PUSH_PROMISE)
      this.reportGlobal(toServer, 'invalid_frame_data');
    open.length += payload.length;
    if (open.length <= this.settings.mostReassembly) open.pieces.push(payload.slice());
    else if (open.length - payload.length <= this.settings.mostReassembly)
      this.reportGlobal(toServer, 'reassembly_limit_reached');
    if ((flags & END_HEADERS) === 0) return;
    side.open = undefined;
    this.endHeader(open, Buffer.concat(open.pieces), toServer);
  }

  private endHeader(
    { stream, flags, type }: Pick<OpenHeader, 'stream' | 'flags' | 'type'>,
    block: Uint8Array,
    toServer: boolean,
  ): void {
    const found = this.stream(stream);
    // A promised request travels to the client, but is one.
    const asRequest = toServer || type === PUSH_PROMISE;
    const message = found?.transaction.message(asRequest);
    const entries = this.side(toServer).decoder.decode(block, message?.room ?? 0, event => {
      if (found) this.report(found.transaction, event);
    });
    if (!found) return;
    message!.addBlock(entries);
    if (asRequest) this.checkAuthority(found.transaction);
    this.lookForDns(found.transaction, message!);
    this.session.advance(found.transaction, asRequest, HEADERS_DONE);
    if ((flags & END_STREAM) !== 0 || type === PUSH_PROMISE) this.close(found, asRequest, false);
  }

  private checkAuthority(transaction: Http2Transaction): void {
    const authority = transaction.request.value(':authority');
    const host = transaction.request.value('host');
    if (authority && host && Buffer.compare(lowered(authority), lowered(host)) !== 0)
      this.report(transaction, 'authority_host_mismatch');
    if (authority?.includes(AT)) this.report(transaction, 'userinfo_in_uri');
  }

  /** The connection carries DNS from now on. */
  private lookForDns(transaction: Http2Transaction, message: Message): void {
    if (message === transaction.request) message.dns ??= dnsOfPath(message);
    if (message.dns || carriesDns(message)) this.session.requests.become ??= 'doh2';
  }

  private side(toServer: boolean): Side {
    return toServer ? this.toServer : this.toClient;
  }

  // ── data ──

  /** A DATA frame begins. @returns what takes its bytes; undefined where nobody does */
  beginData({ stream, type }: FrameHeader, toServer: boolean): MessageBody | undefined {
    if (stream === 0) this.reportGlobal(toServer, 'data_stream_zero');
    const found = stream === 0 ? undefined : this.stream(stream);
    if (!found) return undefined;
    const { transaction, bodies } = found;
    const message = transaction.message(toServer);
    message.note(message.frames, type);
    const side = toServer ? 'toServer' : 'toClient';
    bodies[side] ??= new MessageBody(this, transaction, toServer);
    return bodies[side];
  }

  endData({ stream, flags }: FrameHeader, toServer: boolean): void {
    const found = this.streams.get(stream);
    if (!found || (flags & END_STREAM) === 0) return;
    this.session.advance(found.transaction, toServer, DATA_DONE);
    this.close(found, toServer, false);
  }

  showBody(transaction: Http2Transaction, toServer: boolean, grown: boolean): void {
    if (grown) this.session.advance(transaction, toServer, HEADERS_DONE);
  }
}

/** Bytes that frames have at least, by type. */
const NEEDED: Readonly<Record<number, number>> = {
  [PRIORITY]: 5,
  [RST_STREAM]: 4,
  [PING]: 8,
  [GOAWAY]: 8,
  [WINDOW_UPDATE]: 4,
};

function afterFields(bytes: Uint8Array | undefined, length: number): Uint8Array | undefined {
  return bytes && bytes.length >= length ? bytes.subarray(length) : undefined;
}
