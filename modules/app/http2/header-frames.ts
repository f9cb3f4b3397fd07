/** Headers of one direction: HEADERS and PUSH_PROMISE, with the CONTINUATION frames after them (RFC 9113 4.3). */
import { GrowingBytes } from '../../../engine/application/growing-bytes.js';
import { uint32 } from '../../../engine/packet/network-order.js';
import { lowered } from '../http/bytes.js';
import { clearCached } from '../http/cached-buffers.js';
import { carriesDns, dnsOfPath } from './dns-message.js';
import {
  END_HEADERS,
  END_STREAM,
  type FrameHeader,
  PUSH_PROMISE,
  WITH_PRIORITY,
  withoutPadding,
} from './frame.js';
import { fieldValue, HeaderDecoder, isField } from './header-block.js';
import type { Field } from './header-table.js';
import type { Streams } from './streams.js';
import { AT, HEADERS_DONE, type Http2Transaction, type Message } from './transaction.js';

/** How often a response may be inspected again. */
const MAX_RENEWALS = 16;

/** Which message a header belongs to, and how it arrived. */
interface HeaderContext {
  /** undefined: a stream that is not followed, such as one that has ended */
  readonly stream: number | undefined;
  readonly flags: number;
  readonly type: number;
}

/** A header that continues in CONTINUATION frames. */
interface OpenHeader extends HeaderContext {
  readonly block: GrowingBytes;
  /** Bytes received, including those beyond the limit. */
  length: number;
}

export class HeaderFrames {
  private readonly decoder: HeaderDecoder;
  private open: OpenHeader | undefined;

  constructor(
    private readonly streams: Streams,
    private readonly toServer: boolean,
  ) {
    this.decoder = new HeaderDecoder(streams.settings.maxTable);
  }

  /** A HEADERS or PUSH_PROMISE frame. @param payload valid until this returns */
  begin(header: FrameHeader, payload: Uint8Array): void {
    const { streams, toServer } = this;
    if (header.stream === 0) {
      streams.reportGlobal(toServer, 'invalid_frame_data');
      return;
    }
    const found = streams.stream(header.stream);
    if (!found) streams.reportGlobal(toServer, 'stream_id_reuse');
    const message = found?.transaction.message(toServer);
    message?.note(message.frames, header.type);
    const content = withoutPadding(payload, header.flags);
    const fragment = content && withoutPrefix(header, content, message);
    if (!fragment) {
      if (found) streams.report(found.transaction, 'invalid_frame_data');
      return;
    }
    // Blocks of streams that are not followed are decoded as well: they change the table (RFC 9113 4.3).
    const stream = found && (header.type === PUSH_PROMISE ? promisedStream(content) : header.stream);
    this.addFragment({ stream, flags: header.flags, type: header.type }, fragment);
  }

  private addFragment(context: HeaderContext, fragment: Uint8Array): void {
    if ((context.flags & END_HEADERS) !== 0) {
      this.end(context, fragment);
      return;
    }
    const block = new GrowingBytes();
    block.append(fragment);
    this.open = { ...context, block, length: fragment.length };
  }

  /** A CONTINUATION frame. @param payload valid until this returns */
  continuation({ stream, flags }: FrameHeader, payload: Uint8Array): void {
    const { open, streams, toServer } = this;
    if (!open) {
      streams.reportGlobal(toServer, 'invalid_frame_data');
      return;
    }
    if (open.stream !== undefined && stream !== open.stream && open.type !== PUSH_PROMISE)
      streams.reportGlobal(toServer, 'invalid_frame_data');
    this.append(open, payload);
    if ((flags & END_HEADERS) === 0) return;
    this.open = undefined;
    this.end(open, open.block.view());
  }

  private append(open: OpenHeader, payload: Uint8Array): void {
    const { maxReassembly } = this.streams.settings;
    const before = open.length;
    open.length += payload.length;
    if (open.length <= maxReassembly) open.block.append(payload);
    else if (before <= maxReassembly) this.streams.reportGlobal(this.toServer, 'reassembly_limit_reached');
  }

  private end({ stream, flags, type }: HeaderContext, block: Uint8Array): void {
    const { streams } = this;
    const found = stream === undefined ? undefined : streams.stream(stream);
    // A promised request is sent to the client, but is a request.
    const asRequest = this.toServer || type === PUSH_PROMISE;
    const message = found?.transaction.message(asRequest);
    const entries = this.decoder.decode(block, message?.fieldBytesLeft ?? 0, event => {
      if (found) streams.report(found.transaction, event);
    });
    if (!found) return;
    if (!asRequest) renewResponse(found.transaction);
    message!.addBlock(entries);
    // A message may have very many blocks: only the fields of this one are examined.
    const fields = entries.filter(isField);
    if (asRequest) this.checkAuthority(found.transaction, fields);
    this.checkForDns(message!, asRequest, fields);
    streams.session.advance(found.transaction, asRequest, HEADERS_DONE);
    if ((flags & END_STREAM) !== 0 || type === PUSH_PROMISE) streams.close(found, asRequest, false);
  }

  private checkAuthority(transaction: Http2Transaction, fields: readonly Field[]): void {
    const authority = fieldValue(fields, ':authority');
    const host = fieldValue(fields, 'host');
    if (authority && host && Buffer.compare(lowered(authority), lowered(host)) !== 0)
      this.streams.report(transaction, 'authority_host_mismatch');
    if (authority?.includes(AT)) this.streams.report(transaction, 'userinfo_in_uri');
  }

  /** Detects that the connection carries DNS. */
  private checkForDns(message: Message, asRequest: boolean, fields: readonly Field[]): void {
    if (asRequest) message.dns ??= dnsOfPath(fields);
    if (message.dns || carriesDns(fields)) this.streams.session.requests.changeToVariant ??= 'doh2';
  }
}

/** The header without the bytes before it (a priority, or the promised stream); undefined if those are incomplete. */
function withoutPrefix(
  { type, flags }: FrameHeader,
  content: Uint8Array,
  message: Message | undefined,
): Uint8Array | undefined {
  if (type === PUSH_PROMISE) return skipBytes(content, 4);
  if ((flags & WITH_PRIORITY) === 0) return content;
  if (content.length >= 5) message?.note(message.priorities, content[4]!);
  return skipBytes(content, 5);
}

function skipBytes(bytes: Uint8Array, length: number): Uint8Array | undefined {
  return bytes.length >= length ? bytes.subarray(length) : undefined;
}

/** A block after others: the final response after interim ones, or trailers. */
function renewResponse(transaction: Http2Transaction): void {
  if (transaction.response.entries.length === 0 || transaction.responseRestarts >= MAX_RENEWALS) return;
  transaction.responseRestarts++;
  clearCached(transaction, false);
}

const promisedStream = (content: Uint8Array): number => uint32(content, 0) & 0x7fffffff;
