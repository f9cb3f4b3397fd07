/** Finds the status line of a response, or determines that there is none (RFC 9112 4). */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { latin1 } from '../../../engine/latin1.js';
import { chomp, isBlank, isSpace, isWord, LF } from './bytes.js';
import type { Connection } from './connection.js';
import { isNoStatusLine } from './first-lines.js';
import { readHeaderLine } from './reading.js';
import type { HttpTransaction } from './transaction.js';

/** The status line, `body` if there is none, or undefined if the stream fails. */
export function* statusLine(
  connection: Connection,
  transaction: HttpTransaction,
  socket: StreamSocket,
): Reading<Uint8Array | 'body' | undefined> {
  const limit = connection.server.fieldLimit;
  for (;;) {
    // A first line that cannot become a status line need not be complete.
    if (!(yield* looksLikeStatus(socket))) {
      if (yield* skipLineBefore(socket, limit)) continue;
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

/**
 * A line before a status line is skipped. An indented one is awaited, up to a limit; for others, the bytes available so
 * far decide: they may also be the start of a body.
 */
function* skipLineBefore(socket: StreamSocket, limit: number): Reading<boolean> {
  const waits = isBlank(socket.view[socket.offset]);
  for (;;) {
    const { view, offset, available } = socket;
    const at = view.subarray(offset, offset + available).indexOf(LF);
    if (at >= 0 && available >= at + 6) {
      if (!isWord(view, offset + at + 1, offset + at + 6, 'http/')) return false;
      socket.skip(at + 1);
      return true;
    }
    if (!waits || socket.state !== 'open' || available > limit) return false;
    yield;
  }
}

/** Waits for enough bytes to decide. */
export function* looksLikeStatus(socket: StreamSocket): Reading<boolean> {
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
