/** Reads what the client sends: one request after the other. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import { COLON, chomp, copy, isBlank, isSpace, isToken } from './bytes.js';
import type { Connection } from './connection.js';
import { parseRequestLine } from './first-lines.js';
import { readHeaders, readLine } from './reading.js';
import { abort, complete, crossGap } from './request-ending.js';
import { readBody, startsWithMethod } from './request-framing.js';
import { readUri, useHeaders } from './request-target.js';
import { HEADERS, HTTP_0_9, HTTP_1_1, type HttpTransaction, LINE } from './transaction.js';

export function* readRequests(connection: Connection): Reading<void> {
  const socket = connection.session.client;
  while (!connection.finished) {
    if (connection.waitsForTunnel) {
      // If the server refuses the tunnel, the data are requests: they are kept up to the limit.
      if (socket.state === 'gap') socket.resume();
      if (socket.available > socket.limit) return connection.fail();
      yield;
      continue;
    }
    if (socket.available === 0) {
      if (socket.state === 'gap') socket.resume();
      else if (socket.state !== 'open') return;
      if (socket.available === 0) yield;
      continue;
    }
    if (!(yield* readRequest(connection, socket))) return;
  }
}

/** @returns false if nothing more can be read */
function* readRequest(connection: Connection, socket: StreamSocket): Reading<boolean> {
  const line = yield* firstLine(connection, socket);
  if (!line) return socket.state === 'gap' && crossGap(socket);
  const transaction = connection.begin();
  if (!transaction) return false;
  const { request } = transaction;
  request.frame = connection.session.frame('request', true, socket.position - line.length, -1, transaction);
  parseRequestLine(chomp(line), request, event => connection.report(transaction, event));
  readUri(connection, transaction);
  connection.advance(transaction, true, LINE);
  if (request.version === HTTP_0_9 && !hasHeaders(connection, transaction, socket)) {
    complete(connection, transaction);
    // Nothing should follow HTTP/0.9.
    if (socket.available > 0 && !startsWithMethod(socket))
      connection.report(transaction, 'request_body_unexpected');
    return true;
  }
  request.headers = connection.newHeaders(transaction, true);
  const whole = yield* readHeaders(socket, request.headers, connection.server.fieldLimit, true);
  useHeaders(connection, transaction, whole);
  if (!whole) return abort(connection, transaction, socket);
  connection.advance(transaction, true, HEADERS);
  if (latin1(request.method) === 'CONNECT') {
    complete(connection, transaction);
    connection.waitsForTunnel = true;
    return true;
  }
  return yield* readBody(connection, transaction, socket);
}

/** The next non-empty line. */
function* firstLine(connection: Connection, socket: StreamSocket): Reading<Uint8Array | undefined> {
  for (;;) {
    const line = yield* readLine(socket, connection.server.fieldLimit);
    if (!line) {
      if (socket.state === 'limit') {
        const transaction = connection.begin();
        if (transaction) connection.report(transaction, 'request_field_too_long');
        connection.fail();
      }
      return undefined;
    }
    if (!isBlankLine(line)) return copy(line);
  }
}

function isBlankLine(line: Uint8Array): boolean {
  for (let i = 0; i < line.length; i++) if (!isSpace(line[i])) return false;
  return true;
}

/**
 * A request line without a protocol: HTTP/0.9, unless header fields follow.
 * @returns true if they do
 */
function hasHeaders(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.available < 2) return false;
  const { view, offset, available } = socket;
  for (let i = 0; i < available; i++) {
    const byte = view[offset + i]!;
    if (isToken(byte)) continue;
    // An indented line is also a header line.
    if (i === 0 ? !isBlank(byte) : byte !== COLON) return false;
    connection.report(transaction, 'request_line_missing_protocol');
    transaction.request.version = HTTP_1_1;
    return true;
  }
  return false;
}
