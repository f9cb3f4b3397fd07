/** A message of several fragments (RFC 5531 11), read as a continuous one. */
import type { Reading, StreamSocket } from '../../../engine/application/stream-socket.js';
import { uint32 } from '../../../engine/packet/network-order.js';

/** Length of the record mark in bytes. */
export const MARK = 4;
export const LAST = 0x80000000;

export class Fragments {
  private isLast = false;

  /** @param left bytes of the first fragment, which is not the last */
  constructor(
    private readonly socket: StreamSocket,
    private left: number,
  ) {}

  /** Some bytes, at most `most`; undefined at the end of the message, or if the stream can no longer be read. */
  *recv(most = Number.MAX_SAFE_INTEGER): Reading<Uint8Array | undefined> {
    while (this.left === 0) {
      const mark = this.isLast ? undefined : yield* this.socket.read(MARK);
      if (!mark) return undefined;
      const word = uint32(mark, 0);
      this.isLast = (word & LAST) !== 0;
      this.left = word & ~LAST;
    }
    const bytes = yield* this.socket.recv(Math.min(most, this.left));
    if (bytes) this.left -= bytes.length;
    return bytes;
  }

  /** The whole message was read. */
  get isFinished(): boolean {
    return this.isLast && this.left === 0;
  }
}
