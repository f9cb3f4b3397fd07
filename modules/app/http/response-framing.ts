/** What follows the header of a response (RFC 9112 6), as browsers interpret it. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1, trimAscii } from '../../../engine/latin1.js';
import { readCounted } from './body-reading.js';
import { isSpace } from './bytes.js';
import type { Connection } from './connection.js';
import { isNoStatusLine } from './first-lines.js';
import { contentLength } from './headers.js';
import { ResponseBody } from './response-body.js';
import { readChunks } from './response-chunks.js';
import { complete } from './response-ending.js';
import { COMPLETE, HEADERS, HTTP_1_1, type HttpTransaction } from './transaction.js';
import { upgradeOf } from './upgrade.js';

export function* readBody(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { request, response } = transaction;
  const { status } = response;
  const headers = response.headers!;
  const method = latin1(request.method);
  if (method === 'CONNECT') {
    connection.waitsForTunnel = false;
    if (status >= 200 && status <= 299) return tunnel(connection, transaction, '');
    // The data that the client sent after it are requests, which the server answers next.
    connection.session.requests.resumeClient = true;
  }
  const coding = headers.text('transfer-encoding');
  const length = headers.value('content-length');
  if (status === 101 && coding === undefined && length === undefined) return upgrade(connection, transaction);
  const bodiless = (status >= 100 && status <= 199) || status === 204 || status === 304 || method === 'HEAD';
  // RFC 9110 8.6: a response that cannot have a body must not give its length.
  if (((status >= 102 && status <= 199) || status === 204) && (coding !== undefined || length !== undefined))
    connection.report(transaction, 'response_body_unexpected');
  const chunked = coding !== undefined && /chunked/i.test(coding.replaceAll('\0', ''));
  if (bodiless && !(chunked && method !== 'HEAD' && hasUnexpected(socket))) {
    finish(connection, transaction, socket, undefined);
    return true;
  }
  if (chunked) {
    if (trimAscii(coding).toLowerCase() !== 'chunked')
      connection.report(transaction, 'response_abnormal_transfer_encoding');
    if (response.version < HTTP_1_1) connection.report(transaction, 'response_chunked_old_proto');
    return yield* readChunks(connection, transaction, socket);
  }
  if (coding !== undefined && trimAscii(coding).toLowerCase() !== 'identity')
    connection.report(transaction, 'invalid_transfer_encoding_value_in_response');
  if (length !== undefined) {
    const bytes = contentLength(length);
    if (bytes >= 0) return yield* readKnown(connection, transaction, socket, bytes);
    connection.report(transaction, 'invalid_content_length_field_in_response');
  } else if (/multipart\/byteranges/i.test(headers.text('content-type') ?? '')) {
    connection.report(transaction, 'response_multipart_byteranges');
  }
  return yield* readToEnd(connection, transaction, socket);
}

/** The connection changes to another protocol. */
function tunnel(connection: Connection, transaction: HttpTransaction, protocol: string): boolean {
  complete(connection, transaction);
  connection.advance(transaction, true, COMPLETE);
  connection.session.requests.changeTo = protocol;
  return true;
}

function upgrade(connection: Connection, transaction: HttpTransaction): boolean {
  const wanted = trimAscii(transaction.response.headers!.text('upgrade') ?? '').toLowerCase();
  if (wanted === 'h2c') {
    connection.session.requests.nextParserState = upgradeOf(transaction);
    return tunnel(connection, transaction, 'http2');
  }
  if (wanted === 'websocket') return tunnel(connection, transaction, wanted);
  // The new protocol is unknown: nothing of it is parsed.
  complete(connection, transaction);
  connection.advance(transaction, true, COMPLETE);
  connection.finished = true;
  return true;
}

/** A body of known length. */
function* readKnown(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  length: number,
): Reading<boolean> {
  const body = new ResponseBody(connection, transaction);
  if (yield* readCounted(socket, body, length)) {
    finish(connection, transaction, socket, body);
    if (socket.state !== 'gap') return true;
    // The gap is larger than the body: the start of the next response is unknown.
    socket.resume();
    return false;
  }
  body.end(true);
  complete(connection, transaction);
  return false;
}

/** Whether bytes after a response are present that do not begin another one. */
function hasUnexpected(socket: StreamSocket): boolean {
  const { view, offset, available } = socket;
  if (available === 0) return false;
  const bytes = view.subarray(offset, offset + available);
  let blank = 0;
  while (blank < bytes.length && (isSpace(bytes[blank]) || bytes[blank] === 0)) blank++;
  if (blank === bytes.length || bytes.length - blank >= 4) return isNoStatusLine(bytes);
  return !'http'.startsWith(latin1(bytes, blank).toLowerCase());
}

/** Bytes after the body that begin no response are treated as part of it, as browsers may do. */
function finish(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  body: ResponseBody | undefined,
): void {
  let last = body;
  if (hasUnexpected(socket)) {
    last ??= new ResponseBody(connection, transaction);
    connection.report(transaction, 'response_body_unexpected');
    last.write(socket.takeAll());
  }
  last?.end(false);
  complete(connection, transaction);
}

export function* readToEnd(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  connection.advance(transaction, false, HEADERS);
  const body = new ResponseBody(connection, transaction);
  for (;;) {
    yield* socket.pass(Number.MAX_SAFE_INTEGER, bytes => body.write(bytes));
    if (socket.state !== 'gap') break;
    body.gap(socket.missing);
    socket.resume();
  }
  body.end(socket.state === 'reset' || socket.truncated);
  complete(connection, transaction);
  return false;
}
