/** Lines of a message sent in chunks (RFC 3030 2), which may end anywhere, even between CR and LF. */
import { withoutLineEnd } from '../../../engine/application/text-line.js';
import { LONGEST_LINE } from './exchange.js';

const LF = 10;

/** Receives a line without its line end, or a part of one (`ended` is false): valid during the call. */
export type LineSink = (line: Uint8Array, ended: boolean) => void;

export class ChunkLines {
  /** The beginning of an incomplete line. */
  private readonly held = new Uint8Array(LONGEST_LINE);
  private length = 0;

  constructor(private readonly sink: LineSink) {}

  /** @param bytes as received, valid during the call */
  add(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      const room = bytes.subarray(start, start + LONGEST_LINE - this.length);
      const end = room.indexOf(LF) + 1;
      const piece = end > 0 ? room.subarray(0, end) : room;
      start += piece.length;
      if (end > 0) this.tell(piece, true);
      else if (this.length + piece.length === LONGEST_LINE) this.tell(piece, false);
      else this.hold(piece);
    }
  }

  /** No more bytes will follow. */
  end(): void {
    if (this.length > 0) this.tell(this.held.subarray(0, 0), false);
  }

  private tell(piece: Uint8Array, ended: boolean): void {
    const line = this.joined(piece);
    this.length = 0;
    this.sink(ended ? withoutLineEnd(line) : line, ended);
  }

  private joined(piece: Uint8Array): Uint8Array {
    if (this.length === 0) return piece;
    this.hold(piece);
    return this.held.subarray(0, this.length);
  }

  private hold(piece: Uint8Array): void {
    this.held.set(piece, this.length);
    this.length += piece.length;
  }
}
