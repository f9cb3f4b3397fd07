/** Reads what the server sends: one response after the other, as browsers would. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { chomp, copy, isBlank, isSpace, isWord, LF, latin1 } from './bytes.js';
import type { Connection } from './connection.js';
import { isNoStatusLine, parseStatusLine } from './first-lines.js';
import { contentLength } from './headers.js';
import { BLANK_LINE, parseChunkLine, readHeaderLine, readHeaders, readLine, WRONG } from './reading.js';
import { ResponseBody } from './response-body.js';
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
import { upgradeOf } from './upgrade.js';

/** `100 Continue` that are taken before one response. */
const MOST_CONTINUES = 16;

export function* readResponses(connection: Connection): Reading<void> {
  const socket = connection.session.server;
  while (!connection.over) {
    if (socket.available === 0) {
      if (socket.state === 'gap') yield* resynchronize(connection, socket);
      else if (socket.state !== 'open') return;
      else yield;
      continue;
    }
    if (!(yield* skipEmptyLines(connection, socket))) continue;
    const transaction = connection.answer();
    if (!transaction) return;
    transaction.answered = true;
    connection.answered = true;
    if (!(yield* readResponse(connection, transaction, socket))) return;
    if (connection.session.requests.changeTo !== undefined) {
      // What follows is not ours.
      yield;
    }
  }
}

/**
 * Behind a gap: skips what is there until something looks like a response. When even the first one was not seen,
 * what comes is taken as its body.
 */
function* resynchronize(connection: Connection, socket: StreamSocket): Reading<void> {
  socket.resume();
  if (!connection.answered) return;
  while (socket.state === 'open') {
    if (socket.available >= 5) {
      const { view, offset } = socket;
      if (isWord(view, offset, offset + 5, 'http/')) return;
      const at = view.subarray(offset, offset + socket.available).indexOf(LF);
      socket.skip(at < 0 ? socket.available : at + 1);
      if (socket.available > 0) continue;
    }
    yield;
  }
}

/** @returns false when there is nothing else so far */
function* skipEmptyLines(connection: Connection, socket: StreamSocket): Reading<boolean> {
  const { view, offset, available } = socket;
  let blank = 0;
  while (blank < available && isSpace(view[offset + blank])) blank++;
  // Blanks before a status line belong to it: only whole lines of them are skipped.
  const end = view.subarray(offset, offset + blank).lastIndexOf(LF) + 1;
  socket.skip(end);
  if (blank < available) return true;
  if (socket.state !== 'open') {
    socket.skip(socket.available);
    return false;
  }
  if (socket.available > connection.server.fieldLimit) socket.skip(socket.available);
  yield;
  return false;
}

/** @returns false when nothing more can be read */
function* readResponse(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { request, response } = transaction;
  response.frame = connection.session.frame('response', false, socket.position, -1, transaction);
  if (request.version === HTTP_0_9 && !(yield* looksLikeStatus(socket)))
    return yield* readToEnd(connection, transaction, socket);
  for (;;) {
    const line = yield* statusLine(connection, transaction, socket);
    if (line === 'body') return yield* readToEnd(connection, transaction, socket);
    if (!line) return giveUp(connection, transaction, socket);
    parseStatusLine(copy(chomp(line)), response, event => connection.report(transaction, event));
    response.headers = connection.newHeaders(transaction, false);
    connection.advance(transaction, false, LINE);
    const whole = yield* readHeaders(socket, response.headers, connection.server.fieldLimit, false);
    if (!whole && socket.state !== 'end' && socket.state !== 'reset')
      return giveUp(connection, transaction, socket);
    if (!isContinue(transaction)) break;
    if (++response.continues > MOST_CONTINUES) return giveUp(connection, transaction, socket);
    if (response.continues > 1) connection.report(transaction, '100_continue_already_seen');
    response.headers.clear();
  }
  connection.advance(transaction, false, HEADERS);
  return yield* readBody(connection, transaction, socket);
}

/** The status line, `body` for what is none, or undefined where the stream fails. */
function* statusLine(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<Uint8Array | 'body' | undefined> {
  const limit = connection.server.fieldLimit;
  for (;;) {
    // A first line that cannot become a status line need not be waited for.
    if (!(yield* looksLikeStatus(socket))) {
      if (skipIndentedLine(socket)) continue;
      return socket.available > 0 ? 'body' : undefined;
    }
    const line = yield* readHeaderLine(socket, limit);
    if (!line) {
      if (socket.state === 'limit') connection.report(transaction, 'response_field_too_long');
      return undefined;
    }
    if (chomp(line).some(byte => !isSpace(byte))) return line;
  }
}

/** An indented line before a status line is skipped. */
function skipIndentedLine(socket: StreamSocket): boolean {
  const { view, offset, available } = socket;
  if (!isBlank(view[offset])) return false;
  const at = view.subarray(offset, offset + available).indexOf(LF);
  if (at < 0 || available < at + 6 || !isWord(view, offset + at + 1, offset + at + 6, 'http/')) return false;
  socket.skip(at + 1);
  return true;
}

/** Waits for enough bytes to tell. */
function* looksLikeStatus(socket: StreamSocket): Reading<boolean> {
  for (;;) {
    const { view, offset, available } = socket;
    const bytes = view.subarray(offset, offset + available);
    let blank = 0;
    while (blank < bytes.length && (isSpace(bytes[blank]) || bytes[blank] === 0)) blank++;
    if (bytes.length - blank >= 4) return !isNoStatusLine(bytes);
    const word = latin1(bytes, blank).toLowerCase();
    if (!'http'.startsWith(word) || socket.state !== 'open') return false;
    if (blank > 16384) return false;
    yield;
  }
}

function isContinue({ response }: HttpTransaction): boolean {
  if (response.status !== 100 || response.headers!.find('transfer-encoding')) return false;
  const length = response.headers!.value('content-length');
  return length === undefined || contentLength(length) <= 0;
}

function giveUp(connection: Connection, transaction: HttpTransaction, socket: StreamSocket): boolean {
  if (socket.state === 'limit') {
    connection.report(transaction, 'response_field_too_long');
    connection.over = true;
    return false;
  }
  // Behind a gap the next response is looked for.
  if (socket.state !== 'gap') return false;
  complete(connection, transaction);
  return true;
}

function complete(connection: Connection, transaction: HttpTransaction): void {
  transaction.response.frame?.endAt(connection.session.server.position);
  connection.advance(transaction, false, COMPLETE);
}

// ── what follows the header ──

function* readBody(
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
  }
  const coding = headers.text('transfer-encoding');
  const length = headers.value('content-length');
  if (status === 101 && coding === undefined && length === undefined) return upgrade(connection, transaction);
  const bodiless = (status >= 100 && status <= 199) || status === 204 || status === 304 || method === 'HEAD';
  // RFC 9110 8.6: a response that cannot have a body must not tell its length.
  if (((status >= 102 && status <= 199) || status === 204) && (coding !== undefined || length !== undefined))
    connection.report(transaction, 'response_body_unexpected');
  const chunked = coding !== undefined && /chunked/i.test(coding.replaceAll('\0', ''));
  if (bodiless && !(chunked && method !== 'HEAD' && hasUnexpected(socket))) {
    finish(connection, transaction, socket, undefined);
    return true;
  }
  if (chunked) {
    if (coding.trim().toLowerCase() !== 'chunked')
      connection.report(transaction, 'response_abnormal_transfer_encoding');
    if (response.version < HTTP_1_1) connection.report(transaction, 'response_chunked_old_proto');
    return yield* readChunks(connection, transaction, socket);
  }
  if (coding !== undefined && coding.trim().toLowerCase() !== 'identity')
    connection.report(transaction, 'invalid_transfer_encoding_value_in_response');
  if (length !== undefined) {
    const bytes = contentLength(length);
    if (bytes >= 0) return yield* readCounted(connection, transaction, socket, bytes);
    connection.report(transaction, 'invalid_content_length_field_in_response');
  } else if (/multipart\/byteranges/i.test(headers.text('content-type') ?? '')) {
    connection.report(transaction, 'response_multipart_byteranges');
  }
  return yield* readToEnd(connection, transaction, socket);
}

/** The connection becomes another one. */
function tunnel(connection: Connection, transaction: HttpTransaction, protocol: string): boolean {
  complete(connection, transaction);
  connection.advance(transaction, true, COMPLETE);
  connection.session.requests.changeTo = protocol;
  return true;
}

function upgrade(connection: Connection, transaction: HttpTransaction): boolean {
  const wanted = (transaction.response.headers!.text('upgrade') ?? '').trim().toLowerCase();
  if (wanted === 'h2c') {
    connection.session.requests.handOver = upgradeOf(transaction);
    return tunnel(connection, transaction, 'http2');
  }
  return tunnel(connection, transaction, wanted === 'websocket' ? 'websocket' : '');
}

function* readCounted(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  length: number,
): Reading<boolean> {
  const body = new ResponseBody(connection, transaction);
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
      complete(connection, transaction);
      return false;
    }
    left -= crossGap(socket, body, left);
  }
  finish(connection, transaction, socket, body);
  return true;
}

/** Bytes that are there behind a response and do not begin another. */
function hasUnexpected(socket: StreamSocket): boolean {
  const { view, offset, available } = socket;
  if (available === 0) return false;
  const bytes = view.subarray(offset, offset + available);
  let blank = 0;
  while (blank < bytes.length && (isSpace(bytes[blank]) || bytes[blank] === 0)) blank++;
  if (blank === bytes.length || bytes.length - blank >= 4) return isNoStatusLine(bytes);
  return !'http'.startsWith(latin1(bytes, blank).toLowerCase());
}

/** What is there behind the body and begins no response is taken as more of it, as browsers may. */
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
    last.write(socket.rest());
  }
  last?.end(false);
  complete(connection, transaction);
}

/** @returns bytes of the body that are missing */
function crossGap(socket: StreamSocket, body: ResponseBody, left: number): number {
  const lost = Math.min(left, socket.missing);
  const beyond = socket.missing > left;
  body.gap(lost);
  // What is missing beyond the body is left to be crossed by whoever reads on.
  if (beyond) socket.missing -= lost;
  else socket.resume();
  return lost;
}

function* readToEnd(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  connection.advance(transaction, false, HEADERS);
  const body = new ResponseBody(connection, transaction);
  for (;;) {
    const bytes = yield* socket.recv();
    if (bytes) {
      body.write(bytes);
      continue;
    }
    if (socket.state !== 'gap') break;
    body.gap(socket.missing);
    socket.resume();
  }
  body.end(socket.state === 'reset');
  complete(connection, transaction);
  return false;
}

// ── chunks ──

function* readChunks(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const body = new ResponseBody(connection, transaction);
  for (;;) {
    if (yield* cannotBeChunk(socket)) return yield* rawRest(connection, transaction, socket, body, undefined);
    const line = yield* readLine(socket, connection.server.fieldLimit);
    if (!line) {
      body.end(true);
      if (socket.state === 'end' || socket.state === 'reset') complete(connection, transaction);
      return giveUp(connection, transaction, socket);
    }
    const { length, extension } = parseChunkLine(line);
    if (extension) connection.report(transaction, 'response_chunk_extension');
    if (length === BLANK_LINE) continue;
    if (length === WRONG) return yield* rawRest(connection, transaction, socket, body, copy(line));
    if (length === 0) break;
    if (!(yield* readChunk(socket, body, length))) {
      body.end(true);
      complete(connection, transaction);
      return giveUp(connection, transaction, socket);
    }
  }
  body.end(false);
  connection.advance(transaction, false, BODY);
  return yield* readTrailers(connection, transaction, socket);
}

/** Whether the line that begins here is no length of a chunk, as far as its first bytes tell. */
function* cannotBeChunk(socket: StreamSocket): Reading<boolean> {
  for (;;) {
    const { view, offset, available } = socket;
    let at = 0;
    while (at < available && (isSpace(view[offset + at]) || view[offset + at] === 0)) at++;
    if (at < available) return !isHexDigit(view[offset + at]!) && view[offset + at] !== 0x3b;
    if (socket.state !== 'open' || available > 8192) return false;
    yield;
  }
}

function isHexDigit(byte: number): boolean {
  const low = byte | 32;
  return (byte >= 48 && byte <= 57) || (low >= 97 && low <= 102);
}

/** It is not chunked after all: all that follows is taken as it is. */
function* rawRest(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  body: ResponseBody,
  line: Uint8Array | undefined,
): Reading<boolean> {
  connection.report(transaction, 'invalid_response_chunk_len');
  if (line) body.write(line);
  for (let bytes = yield* socket.recv(); bytes; bytes = yield* socket.recv()) body.write(bytes);
  body.end(socket.state !== 'end');
  complete(connection, transaction);
  return false;
}

function* readChunk(socket: StreamSocket, body: ResponseBody, length: number): Reading<boolean> {
  for (let left = length; left > 0; ) {
    const bytes = yield* socket.recv(left);
    if (bytes) {
      left -= bytes.length;
      body.write(bytes);
    } else if (socket.state === 'gap' && socket.missing <= left) {
      left -= crossGap(socket, body, left);
    } else {
      return false;
    }
  }
  return (yield* socket.readUntil(LF)) !== undefined || socket.state === 'end';
}

function* readTrailers(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { response } = transaction;
  response.trailers = connection.newHeaders(transaction, false);
  yield* readHeaders(socket, response.trailers, connection.server.fieldLimit, false);
  connection.advance(transaction, false, TRAILER);
  complete(connection, transaction);
  return socket.state === 'open' || socket.state === 'gap';
}
