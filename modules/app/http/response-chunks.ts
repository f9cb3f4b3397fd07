/** Chunked bodies of responses (RFC 9112 7.1), as browsers parse them. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { readChunk } from './body-reading.js';
import { copy, isSpace } from './bytes.js';
import type { Connection } from './connection.js';
import { BLANK_LINE, parseChunkLine, readHeaders, readLine, WRONG } from './reading.js';
import { ResponseBody } from './response-body.js';
import { abort, complete } from './response-ending.js';
import { BODY, type HttpTransaction, TRAILER } from './transaction.js';

export function* readChunks(
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
      return abort(connection, transaction, socket);
    }
    const { length, extension } = parseChunkLine(line);
    if (extension) connection.report(transaction, 'response_chunk_extension');
    if (length === BLANK_LINE) continue;
    if (length === WRONG) return yield* rawRest(connection, transaction, socket, body, copy(line));
    if (length === 0) break;
    if (!(yield* readChunk(socket, body, length))) {
      body.end(true);
      complete(connection, transaction);
      return abort(connection, transaction, socket);
    }
  }
  body.end(false);
  connection.advance(transaction, false, BODY);
  return yield* readTrailers(connection, transaction, socket);
}

/** Whether the line that begins here cannot be a chunk size, judging by its first bytes. */
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

/** It is not chunked after all: everything that follows is treated as the body. */
function* rawRest(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
  body: ResponseBody,
  line: Uint8Array | undefined,
): Reading<boolean> {
  connection.report(transaction, 'invalid_response_chunk_len');
  if (line) body.write(line);
  yield* socket.pass(Number.MAX_SAFE_INTEGER, bytes => body.write(bytes));
  body.end(socket.state !== 'end' || socket.truncated);
  complete(connection, transaction);
  return false;
}

function* readTrailers(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<boolean> {
  const { response } = transaction;
  response.trailers = connection.newHeaders(transaction, false);
  const whole = yield* readHeaders(socket, response.trailers, connection.server.fieldLimit, false);
  connection.advance(transaction, false, TRAILER);
  complete(connection, transaction);
  return whole || abort(connection, transaction, socket);
}
