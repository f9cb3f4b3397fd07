/** Reads what the client sends: one request after the other. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { readAuthorization } from './authorization.js';
import { COLON, chomp, copy, isBlank, isSpace, isToken, LF, latin1 } from './bytes.js';
import type { Connection } from './connection.js';
import { isMethod, parseRequestLine } from './first-lines.js';
import { contentLength } from './headers.js';
import { BLANK_LINE, parseChunkLine, readHeaders, readLine, WRONG } from './reading.js';
import { RequestBody } from './request-body.js';
import {
  BODY,
  COMPLETE,
  HEADERS,
  HTTP_0_9,
  HTTP_1_1,
  type HttpTransaction,
  LINE,
  TRAILER,
} from './transaction.js';
import { type Host, normalizeUri, parseHost, parseUri } from './uri.js';

export function* readRequests(connection: Connection): Reading<void> {
  const socket = connection.session.client;
  while (!connection.over) {
    if (socket.available === 0 || connection.waitsForTunnel) {
      if (socket.state === 'gap') socket.resume();
      else if (socket.state !== 'open') return;
      if (socket.available === 0 || connection.waitsForTunnel) yield;
      continue;
    }
    if (!(yield* readRequest(connection, socket))) return;
  }
}

/** @returns false when nothing more can be read */
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
    // Behind HTTP/0.9 nothing else should come.
    if (socket.available > 0 && !startsWithMethod(socket))
      connection.report(transaction, 'request_body_unexpected');
    return true;
  }
  request.headers = connection.newHeaders(transaction, true);
  const whole = yield* readHeaders(socket, request.headers, connection.server.fieldLimit, true);
  useHeaders(connection, transaction, whole);
  if (!whole) return giveUp(connection, transaction, socket);
  connection.advance(transaction, true, HEADERS);
  if (latin1(request.method) === 'CONNECT') {
    complete(connection, transaction);
    connection.waitsForTunnel = true;
    return true;
  }
  return yield* readBody(connection, transaction, socket);
}

/** The next line that is not empty. */
function* firstLine(connection: Connection, socket: StreamSocket): Reading<Uint8Array | undefined> {
  for (;;) {
    const line = yield* readLine(socket, connection.server.fieldLimit);
    if (!line) {
      if (socket.state === 'limit') {
        const transaction = connection.begin();
        if (transaction) connection.report(transaction, 'request_field_too_long');
        connection.over = true;
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

/** What comes behind a gap is taken as a new request. */
function crossGap(socket: StreamSocket): boolean {
  socket.resume();
  return true;
}

function giveUp(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.state === 'limit') {
    connection.report(transaction, 'request_field_too_long');
    connection.over = true;
    return false;
  }
  if (socket.state !== 'gap') return false;
  complete(connection, transaction);
  return crossGap(socket);
}

function complete(connection: Connection, transaction: HttpTransaction): void {
  transaction.request.frame?.endAt(connection.session.client.position);
  connection.advance(transaction, true, COMPLETE);
}

// ── request line and headers ──

function readUri(connection: Connection, transaction: HttpTransaction): void {
  const { request } = transaction;
  if (!request.rawUri) return;
  const tunnel = latin1(request.method) === 'CONNECT';
  request.uri = parseUri(request.rawUri, tunnel);
  const { doublePath, doubleQuery } = connection.server;
  if ((doublePath || doubleQuery) && normalizeUri(request.uri, connection.server).doubled)
    connection.report(transaction, 'double_encoded_uri');
  const { host } = request.uri;
  if (!host) return;
  request.hostname = host.name;
  request.port = host.port;
  if (!host.validName) connection.report(transaction, 'request_uri_host_invalid');
  if (!host.validPort) connection.report(transaction, 'invalid_authority_port');
}

/**
 * A request line without a protocol: HTTP/0.9, unless header fields follow.
 * @returns true when they do
 */
function hasHeaders(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.available < 2) return false;
  const { view, offset, available } = socket;
  for (let i = 0; i < available; i++) {
    const byte = view[offset + i]!;
    if (isToken(byte)) continue;
    // An indented line is one of a header as well.
    if (i === 0 ? !isBlank(byte) : byte !== COLON) return false;
    connection.report(transaction, 'request_line_missing_protocol');
    transaction.request.version = HTTP_1_1;
    return true;
  }
  return false;
}

function startsWithMethod({ view, offset, available }: StreamSocket): boolean {
  let length = 0;
  while (length < available && length < 20 && isToken(view[offset + length]!)) length++;
  return isMethod(view.subarray(offset, offset + length));
}

/** @param whole the header came to its end */
function useHeaders(connection: Connection, transaction: HttpTransaction, whole: boolean): void {
  const { request } = transaction;
  const { headers } = request;
  const report = connection.report.bind(connection, transaction);
  const field = headers!.value('host');
  if (field) useHost(connection, transaction, parseHost(field));
  else if (whole && request.version >= HTTP_1_1) report('missing_host_header');
  if (headers!.find('authorization')) readAuthorization(headers!.value('authorization')!, report);
}

/** The host of the URI counts; without one, that of the header. */
function useHost(connection: Connection, transaction: HttpTransaction, host: Host): void {
  const { request } = transaction;
  if (!host.validName) connection.report(transaction, 'request_header_host_invalid');
  if (!host.validPort) connection.report(transaction, 'invalid_server_port_in_request');
  if (request.hostname === undefined) {
    request.hostname = host.name;
    request.port = host.port;
  } else if (
    latin1(request.hostname) !== latin1(host.name) ||
    (request.port >= 0 && host.port >= 0 && request.port !== host.port)
  ) {
    connection.report(transaction, 'host_header_ambiguous');
  }
  const { serverPort } = connection.session.sides;
  if (request.port >= 0 && serverPort > 0 && request.port !== serverPort)
    connection.report(transaction, 'request_server_port_tcp_port_mismatch');
}

// ── body ──

function* readBody(
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
      connection.over = true;
      return false;
    }
    if (version < HTTP_1_1) connection.report(transaction, 'invalid_transfer_encoding_value_in_request');
    return yield* readChunks(connection, transaction, socket);
  }
  if (length !== undefined) {
    const bytes = contentLength(length);
    if (bytes < 0) {
      connection.report(transaction, 'invalid_content_length_field_in_request');
      connection.over = true;
      return false;
    }
    return yield* readCounted(connection, transaction, socket, bytes);
  }
  complete(connection, transaction);
  if (socket.available > 0 && !mayBeRequest(socket))
    connection.report(transaction, 'request_body_unexpected');
  return true;
}

function mayBeRequest(socket: StreamSocket): boolean {
  const first = socket.view[socket.offset]!;
  return first === LF || isSpace(first) || startsWithMethod(socket) || socket.available < 4 || isToken(first);
}

function hasToken(value: string, token: string): boolean {
  return value.split(',').some(part => part.trim().toLowerCase() === token);
}

function* readCounted(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  length: number,
): Reading<boolean> {
  const body = new RequestBody(connection, transaction);
  let left = length;
  while (left > 0) {
    const bytes = yield* socket.recv(left);
    if (bytes) {
      left -= bytes.length;
      body.write(bytes);
      continue;
    }
    if (socket.state !== 'gap') {
      body.end(true);
      return false;
    }
    const lost = Math.min(left, socket.missing);
    socket.resume();
    body.gap(lost);
    left -= lost;
  }
  body.end(false);
  complete(connection, transaction);
  return true;
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
      return giveUp(connection, transaction, socket);
    }
    const { length, extension } = parseChunkLine(line);
    if (extension) connection.report(transaction, 'request_chunk_extension');
    if (length === BLANK_LINE) continue;
    if (length === WRONG) {
      connection.report(transaction, 'invalid_request_chunk_len');
      body.end(true);
      connection.over = true;
      return false;
    }
    if (length === 0) break;
    if (!(yield* readChunk(socket, body, length))) {
      body.end(true);
      return giveUp(connection, transaction, socket);
    }
  }
  body.end(false);
  connection.advance(transaction, true, BODY);
  return yield* readTrailers(connection, transaction, socket);
}

/** A chunk and the line end behind it. */
function* readChunk(socket: StreamSocket, body: RequestBody, length: number): Reading<boolean> {
  for (let left = length; left > 0; ) {
    const bytes = yield* socket.recv(left);
    if (!bytes) return false;
    left -= bytes.length;
    body.write(bytes);
  }
  return (yield* socket.readUntil(LF)) !== undefined;
}

function* readTrailers(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { request } = transaction;
  request.trailers = connection.newHeaders(transaction, true);
  const whole = yield* readHeaders(socket, request.trailers, connection.server.fieldLimit, true);
  if (!whole) return giveUp(connection, transaction, socket);
  connection.advance(transaction, true, TRAILER);
  complete(connection, transaction);
  return true;
}
