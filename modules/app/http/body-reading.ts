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
  for (let left = length; left > 0; ) {
    const bytes = yield* socket.recv(left);
    if (bytes) {
      left -= bytes.length;
      body.write(bytes);
    } else if (socket.state === 'gap') {
      left -= crossGap(socket, body, left);
    } else {
      return false;
    }
  }
  return true;
}

/** Reads a chunk and the line end behind it. @returns false where it does not come to its end */
export function* readChunk(socket: StreamSocket, body: BodyWriter, length: number): Reading<boolean> {
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
