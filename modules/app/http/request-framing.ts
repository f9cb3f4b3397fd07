/** What follows the header of a request (RFC 9112 6), as servers interpret it. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { trimAscii } from '../../../engine/latin1.js';
import { readChunk, readCounted } from './body-reading.js';
import { isSpace, isToken, LF } from './bytes.js';
import type { Connection } from './connection.js';
import { isMethod } from './first-lines.js';
import { contentLength } from './headers.js';
import { BLANK_LINE, parseChunkLine, readHeaders, readLine, WRONG } from './reading.js';
import { RequestBody } from './request-body.js';
import { abort, complete } from './request-ending.js';
import { BODY, HTTP_1_1, type HttpTransaction, TRAILER } from './transaction.js';

export function* readBody(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { headers, version } = transaction.request;
  const coding = headers!.text('transfer-encoding');
  const length = headers!.value('content-length');
  if (coding !== undefined) {
    if (!hasToken(coding, 'chunked')) {
      connection.report(transaction, 'invalid_transfer_encoding_value_in_request');
      connection.fail();
      return false;
    }
    if (version < HTTP_1_1) connection.report(transaction, 'invalid_transfer_encoding_value_in_request');
    return yield* readChunks(connection, transaction, socket);
  }
  if (length !== undefined) {
    const bytes = contentLength(length);
    if (bytes < 0) {
      connection.report(transaction, 'invalid_content_length_field_in_request');
      connection.fail();
      return false;
    }
    if (bytes > 0 && (yield* isRefused(transaction, socket))) {
      complete(connection, transaction);
      return true;
    }
    const body = new RequestBody(connection, transaction);
    const whole = yield* readCounted(socket, body, bytes);
    body.end(!whole);
    if (whole) complete(connection, transaction);
    return whole;
  }
  complete(connection, transaction);
  if (socket.available > 0 && !mayBeRequest(socket))
    connection.report(transaction, 'request_body_unexpected');
  return true;
}

/** A client that sent `Expect` sends no body if an error is returned before any of it was sent (RFC 9110 10.1.1). */
function* isRefused({ request, response }: HttpTransaction, socket: StreamSocket): Reading<boolean> {
  if (trimAscii(request.headers!.text('expect') ?? '').toLowerCase() !== '100-continue') return false;
  while (socket.available === 0 && socket.state === 'open') yield;
  return response.status >= 400 && socket.available > 0;
}

function mayBeRequest(socket: StreamSocket): boolean {
  const first = socket.view[socket.offset]!;
  return first === LF || isSpace(first) || startsWithMethod(socket) || socket.available < 4 || isToken(first);
}

export function startsWithMethod({ view, offset, available }: StreamSocket): boolean {
  let length = 0;
  while (length < available && length < 20 && isToken(view[offset + length]!)) length++;
  return isMethod(view.subarray(offset, offset + length));
}

function hasToken(value: string, token: string): boolean {
  return value.split(',').some(part => trimAscii(part).toLowerCase() === token);
}

function* readChunks(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const body = new RequestBody(connection, transaction);
  for (;;) {
    const line = yield* readLine(socket, connection.server.fieldLimit);
    if (!line) {
      body.end(true);
      return abort(connection, transaction, socket);
    }
    const { length, extension } = parseChunkLine(line);
    if (extension) connection.report(transaction, 'request_chunk_extension');
    if (length === BLANK_LINE) continue;
    if (length === WRONG) {
      connection.report(transaction, 'invalid_request_chunk_len');
      body.end(true);
      connection.fail();
      return false;
    }
    if (length === 0) break;
    if (!(yield* readChunk(socket, body, length))) {
      body.end(true);
      return abort(connection, transaction, socket);
    }
  }
  body.end(false);
  connection.advance(transaction, true, BODY);
  return yield* readTrailers(connection, transaction, socket);
}

function* readTrailers(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { request } = transaction;
  request.trailers = connection.newHeaders(transaction, true);
  const whole = yield* readHeaders(socket, request.trailers, connection.server.fieldLimit, true);
  if (!whole) return abort(connection, transaction, socket);
  connection.advance(transaction, true, TRAILER);
  complete(connection, transaction);
  return true;
}
