/** Lines of text protocols (FTP, SMTP and similar), each up to a limit. */
import type { Reading, StreamSocket } from './stream-socket.js';

const LF = 10;
const CR = 13;

export interface TextLine {
  /** Without CR and LF; a copy. */
  readonly bytes: Uint8Array;
  /** It was longer than the limit: the rest was skipped. */
  readonly truncated: boolean;
}

/**
 * The next line; undefined if the stream is over. The end of the stream ends the last one.
 * @param limit bytes of a line that are kept, including its end; at least 1
 */
export function* readTextLine(socket: StreamSocket, limit: number): Reading<TextLine | undefined> {
  const most = Math.max(1, limit);
  const line = yield* socket.readUntil(LF, most);
  if (line) return { bytes: withoutLineEnd(line).slice(), truncated: false };
  if (socket.state === 'limit') {
    socket.resume();
    const bytes = (yield* socket.read(most))!.slice();
    yield* skipLine(socket, most);
    return { bytes, truncated: true };
  }
  if (socket.available === 0 || socket.state === 'gap') return undefined;
  return { bytes: withoutLineEnd(socket.takeAll()).slice(), truncated: false };
}

function* skipLine(socket: StreamSocket, limit: number): Reading<void> {
  while (!(yield* socket.readUntil(LF, limit))) {
    if (socket.state !== 'limit') return;
    socket.resume();
    // These were searched already.
    socket.skip(limit);
  }
}

/** A view of a line without its LF or CRLF. */
export function withoutLineEnd(line: Uint8Array): Uint8Array {
  let end = line.length;
  if (end > 0 && line[end - 1] === LF) end--;
  if (end > 0 && line[end - 1] === CR) end--;
  return line.subarray(0, end);
}
