/** Reads what the server sends: one response after the other, as browsers do. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { chomp, copy, isSpace, isWord, LF } from './bytes.js';
import { clearCached } from './cached-buffers.js';
import type { Connection } from './connection.js';
import { parseStatusLine } from './first-lines.js';
import { contentLength } from './headers.js';
import { readHeaders } from './reading.js';
import { abort } from './response-ending.js';
import { readBody, readToEnd } from './response-framing.js';
import { looksLikeStatus, statusLine } from './status-line.js';
import { HEADERS, HTTP_0_9, type HttpTransaction, LINE } from './transaction.js';

export function* readResponses(connection: Connection): Reading<void> {
  const socket = connection.session.server;
  while (!connection.finished) {
    if (socket.available === 0) {
      if (socket.state === 'gap') yield* resynchronize(connection, socket);
      else if (socket.state !== 'open') return;
      else yield;
      continue;
    }
    if (!(yield* skipEmptyLines(connection, socket))) continue;
    const transaction = connection.nextUnanswered();
    if (!transaction) return;
    transaction.answered = true;
    connection.answered = true;
    if (!(yield* readResponse(connection, transaction, socket))) return;
    const { changeTo, resumeClient } = connection.session.requests;
    // What follows is another protocol, or answers requests that must be parsed first.
    if (changeTo !== undefined || resumeClient) yield;
  }
}

/**
 * After a gap: skips data until something looks like a response. If even the first one was not seen, the data is
 * treated as its body.
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
  // Too few bytes remain for a response.
  socket.skip(socket.available);
}

/** @returns false if nothing else is available yet */
function* skipEmptyLines(connection: Connection, socket: StreamSocket): Reading<boolean> {
  const { view, offset, available } = socket;
  let blank = 0;
  while (blank < available && isSpace(view[offset + blank])) blank++;
  // Blanks before a status line belong to it: only complete blank lines are skipped.
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

/** @returns false if nothing more can be read */
function* readResponse(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { request, response } = transaction;
  response.frame = connection.session.frame('response', false, socket.position, -1, transaction);
  if (request.version === HTTP_0_9 && !(yield* looksLikeStatus(socket)))
    return yield* readToEnd(connection, transaction, socket);
  for (let interim = 0, continues = 0; ; ) {
    const line = yield* statusLine(connection, transaction, socket);
    if (line === 'body') return yield* readToEnd(connection, transaction, socket);
    if (!line) return abort(connection, transaction, socket);
    transaction.responseRestarts = interim;
    if (interim > 0) clearCached(transaction, false);
    parseStatusLine(copy(chomp(line)), response, event => connection.report(transaction, event));
    response.headers = connection.newHeaders(transaction, false);
    connection.advance(transaction, false, LINE);
    const whole = yield* readHeaders(socket, response.headers, connection.server.fieldLimit, false);
    if (!whole && socket.state !== 'end' && socket.state !== 'reset')
      return abort(connection, transaction, socket);
    if (!isInterim(transaction)) break;
    interim++;
    if (response.status === 100 && ++continues > 1)
      connection.report(transaction, '100_continue_already_seen');
    response.headers.clear();
  }
  connection.advance(transaction, false, HEADERS);
  return yield* readBody(connection, transaction, socket);
}

/**
 * A response that is followed by another one, such as `100 Continue` and `103 Early Hints` (RFC 9110 15.2); after 101,
 * HTTP has ended.
 */
function isInterim({ response }: HttpTransaction): boolean {
  if (response.status < 100 || response.status > 199 || response.status === 101) return false;
  if (response.headers!.find('transfer-encoding')) return false;
  const length = response.headers!.value('content-length');
  return length === undefined || contentLength(length) <= 0;
}
