/** Reads bodies and chunks of known length, across gaps. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { LF } from './bytes.js';

/** Receives the bytes of a body. */
export interface BodyWriter {
  write(bytes: Uint8Array): void;
  /** Bytes are missing. */
  gap(missing: number): void;
}

/** Reads `length` bytes of a body. @returns false if the stream ended before */
export function* readCounted(socket: StreamSocket, body: BodyWriter, length: number): Reading<boolean> {
  const sink = (bytes: Uint8Array) => body.write(bytes);
  let left = yield* socket.pass(length, sink);
  while (left > 0 && socket.state === 'gap') {
    left -= crossGap(socket, body, left);
    left = yield* socket.pass(left, sink);
  }
  return left <= 0;
}

/** Reads a chunk and the line end after it. @returns false if it is incomplete */
export function* readChunk(socket: StreamSocket, body: BodyWriter, length: number): Reading<boolean> {
  const sink = (bytes: Uint8Array) => body.write(bytes);
  let left = yield* socket.pass(length, sink);
  while (left > 0 && socket.state === 'gap' && socket.missing <= left) {
    left -= crossGap(socket, body, left);
    left = yield* socket.pass(left, sink);
  }
  return left <= 0 && ((yield* socket.readUntil(LF)) !== undefined || socket.state === 'end');
}

/** @returns missing bytes of the body */
function crossGap(socket: StreamSocket, body: BodyWriter, left: number): number {
  const lost = Math.min(left, socket.missing);
  const beyond = socket.missing > left;
  body.gap(lost);
  // The part of the gap after the body is left to the next reader.
  if (beyond) socket.missing -= lost;
  else socket.resume();
  return lost;
}
