/** Lines of a message sent in chunks (RFC 3030 2), which may end anywhere, even between CR and LF. */
import { withoutLineEnd } from '../../../engine/application/text-line.js';
import { MAX_LINE_LENGTH } from './exchange.js';

const LF = 10;

/** Receives a line without its line end, or a part of one (`ended` is false): valid during the call. */
export type LineSink = (line: Uint8Array, ended: boolean) => void;

export class ChunkLines {
  /** The beginning of an incomplete line. */
  private readonly buffered = new Uint8Array(MAX_LINE_LENGTH);
  private length = 0;

  constructor(private readonly sink: LineSink) {}

  /** @param bytes as received, valid during the call */
  add(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) {
      const rest = bytes.subarray(start, start + MAX_LINE_LENGTH - this.length);
      const end = rest.indexOf(LF) + 1;
      const part = end > 0 ? rest.subarray(0, end) : rest;
      start += part.length;
      if (end > 0) this.emitLine(part, true);
      else if (this.length + part.length === MAX_LINE_LENGTH) this.emitLine(part, false);
      else this.buffer(part);
    }
  }

  /** No more bytes will follow. */
  end(): void {
    if (this.length > 0) this.emitLine(this.buffered.subarray(0, 0), false);
  }

  private emitLine(part: Uint8Array, ended: boolean): void {
    const line = this.joined(part);
    this.length = 0;
    this.sink(ended ? withoutLineEnd(line) : line, ended);
  }

  private joined(part: Uint8Array): Uint8Array {
    if (this.length === 0) return part;
    this.buffer(part);
    return this.buffered.subarray(0, this.length);
  }

  private buffer(part: Uint8Array): void {
    this.buffered.set(part, this.length);
    this.length += part.length;
  }
}
