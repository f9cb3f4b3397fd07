/** Reads bodies and chunks whose length is known, over what is missing in them. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { LF } from './bytes.js';

/** Takes what comes of a body. */
export interface BodyWriter {
  write(bytes: Uint8Array): void;
  /** Bytes are missing. */
  gap(missing: number): void;
}

/** Reads as many bytes of a body. @returns false when the stream ended before */
export function* readCounted(socket: StreamSocket, body: BodyWriter, length: number): Reading<boolean> {
  const sink = (bytes: Uint8Array) => body.write(bytes);
  let left = yield* socket.pass(length, sink);
  while (left > 0 && socket.state === 'gap') {
    left -= crossGap(socket, body, left);
    left = yield* socket.pass(left, sink);
  }
  return left <= 0;
}

/** Reads a chunk and the line end behind it. @returns false where it does not come to its end */
export function* readChunk(socket: StreamSocket, body: BodyWriter, length: number): Reading<boolean> {
  const sink = (bytes: Uint8Array) => body.write(bytes);
  let left = yield* socket.pass(length, sink);
  while (left > 0 && socket.state === 'gap' && socket.missing <= left) {
    left -= crossGap(socket, body, left);
    left = yield* socket.pass(left, sink);
  }
  return left <= 0 && ((yield* socket.readUntil(LF)) !== undefined || socket.state === 'end');
}

/** @returns bytes of the body that are missing */
function crossGap(socket: StreamSocket, body: BodyWriter, left: number): number {
  const lost = Math.min(left, socket.missing);
  const beyond = socket.missing > left;
  body.gap(lost);
  // What is missing beyond the body is left to be crossed by whoever reads on.
  if (beyond) socket.missing -= lost;
  else socket.resume();
  return lost;
}
