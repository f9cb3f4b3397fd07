/** Parsing of lines, headers and body framing, used by both directions (RFC 9112). */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { CR, hexDigit, isBlank, isSpace, LF } from './bytes.js';
import { type Headers, isEmptyLine } from './headers.js';

/** A line with its end, or undefined: see the socket's state, or the line exceeds the limit. */
export function* readLine(socket: StreamSocket, limit: number): Reading<Uint8Array | undefined> {
  const line = yield* socket.readUntil(LF, limit);
  if (line) return line;
  // The end of the stream ends the line.
  if ((socket.state === 'end' || socket.state === 'reset') && socket.available > 0) return socket.takeAll();
  return undefined;
}

/** A header line as browsers parse it: it ends with LF, or with a CR followed by anything other than LF or CR. */
export function* readHeaderLine(socket: StreamSocket, limit: number): Reading<Uint8Array | undefined> {
  for (let seen = 0; ; ) {
    const { view, offset, available } = socket;
    const length = lineLength(view, offset, available, seen);
    if (length > 0) {
      socket.skip(length);
      return view.subarray(offset, offset + length);
    }
    if (available >= limit) {
      socket.state = socket.state === 'open' ? 'limit' : socket.state;
      return undefined;
    }
    if (socket.state !== 'open') {
      const closed = socket.state === 'end' || socket.state === 'reset';
      return closed && available > 0 ? socket.takeAll() : undefined;
    }
    // A trailing CR may be the first half of CR LF.
    seen = Math.max(0, available - 1);
    yield;
  }
}

function lineLength(bytes: Uint8Array, offset: number, available: number, seen: number): number {
  const end = offset + available;
  for (let i = offset + seen; i < end; i++) {
    const byte = bytes[i];
    if (byte === LF) return i + 1 - offset;
    if (byte !== CR || i + 1 >= end) continue;
    const next = bytes[i + 1];
    if (next === LF) return i + 2 - offset;
    // A CR at the start belongs to the preceding line end (LF CR).
    if (next !== CR && i > offset) return i + 1 - offset;
  }
  return 0;
}

/**
 * Reads header lines up to the empty one.
 * @returns false if the stream ended, failed or had a line that is too long
 */
export function* readHeaders(
  socket: StreamSocket,
  headers: Headers,
  limit: number,
  toServer: boolean,
): Reading<boolean> {
  let afterBareLf = false;
  for (;;) {
    let line = toServer ? yield* readLine(socket, limit) : yield* readHeaderLine(socket, limit);
    if (!line) {
      headers.flush();
      return false;
    }
    // LF CR ends a line as well.
    const afterLfCr = line[0] === CR && line.length > 1 && (afterBareLf || !isLineEnd(line[1]));
    if (afterLfCr) line = line.subarray(1);
    afterBareLf = line.at(-1) === LF && line.at(-2) !== CR;
    if (isBlankLine(line)) {
      // It is only valid until the next read.
      line = line.slice();
      if (yield* isFollowed(socket)) {
        headers.addEnd(line);
        return true;
      }
    } else if (isEmptyLine(line)) {
      headers.addEnd(line);
      if (afterLfCr && !toServer) yield* skipMixedEnd(socket);
      return true;
    }
    headers.addLine(line, !toServer);
  }
}

/** LF CR, CR LF, CR LF: browsers treat these six bytes as two line ends; the body begins after them. */
function* skipMixedEnd(socket: StreamSocket): Reading<void> {
  const mayBegin = () =>
    socket.available === 0 || (socket.available === 1 && socket.view[socket.offset] === CR);
  while (socket.state === 'open' && mayBegin()) yield;
  const { view, offset, available } = socket;
  if (available >= 2 && view[offset] === CR && view[offset + 1] === LF) socket.skip(2);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === CR || byte === LF;
}

function isBlankLine(line: Uint8Array): boolean {
  return line.length === 2 && isBlank(line[0]) && line[1] === LF;
}

/** A blank and LF end the header, unless another LF or nothing follows. */
function* isFollowed(socket: StreamSocket): Reading<boolean> {
  while (socket.available === 0) {
    if (socket.state !== 'open') return false;
    yield;
  }
  return socket.view[socket.offset] !== LF;
}

/** Length of a chunk; BLANK_LINE for a line without one, WRONG if it is not a chunk. */
export const BLANK_LINE = -2;
export const WRONG = -1;
const MAX_DIGITS = 8;

export interface ChunkLine {
  readonly length: number;
  readonly extension: boolean;
}

/** Parses `1a; name=value`, with any white space before. */
export function parseChunkLine(line: Uint8Array): ChunkLine {
  let at = 0;
  while (at < line.length && (isSpace(line[at]) || line[at] === 0)) at++;
  if (at === line.length) return { length: BLANK_LINE, extension: false };
  let length = 0;
  let digits = 0;
  for (let digit = hexDigit(line[at]); digit >= 0; digit = hexDigit(line[++at])) {
    length = length * 16 + digit;
    if (length > 0) digits++;
  }
  const first = hexDigit(line[at - 1]) >= 0;
  if (!first || digits > MAX_DIGITS) return { length: WRONG, extension: false };
  return { length, extension: line.includes(0x3b, at) };
}
