/** A file received in pieces, each with its offset in the file: an early piece waits for the bytes before it. */
import type { InspectedBody } from './inspected-body.js';
import { KeptBytes } from './kept-bytes.js';
import type { TrackedFile } from './tracked-file.js';

/** Limits on the waiting pieces of a file; 0: none. */
export interface QueueLimits {
  /** Bytes. */
  readonly size: number;
  /** Pieces. */
  readonly count: number;
}

/** Callbacks to the protocol about the pieces. */
export interface PieceEvents {
  /** A piece overlaps earlier bytes; the earlier ones are kept. */
  overlap(): void;
  /**
   * No room for an early piece: whether it is discarded, or the bytes missing before the waiting pieces are given up.
   */
  full(what: Lacking): 'lose' | 'go on';
}

export type Lacking = 'queue_size_exceeded' | 'queue_cnt_exceeded';

interface Piece {
  readonly offset: number;
  readonly content: KeptBytes;
}

const pieceAt = (offset: number): Piece => ({ offset, content: new KeptBytes() });

export class FilePieces {
  /** Offset in the file of the next byte in order. */
  next = 0;
  private readonly file: TrackedFile;
  private readonly queue: Piece[] = [];
  private queued = 0;
  /** Destination of the bytes of the current piece. */
  private early: Piece | undefined;
  private overlapping = 0;
  private passing = false;

  /** @param body must have a file */
  constructor(
    private readonly body: InspectedBody,
    private readonly limits: QueueLimits,
    private readonly events: PieceEvents,
  ) {
    this.file = body.file!;
  }

  /** `length` bytes of the file from `offset` on follow. */
  begin(offset: number, length: number): void {
    if (this.early) this.end();
    this.passing = false;
    if (offset > this.next) this.beginEarly(offset, length);
    this.overlapping = this.early ? 0 : Math.max(0, Math.min(length, this.next - offset));
    if (this.overlapping > 0) this.events.overlap();
  }

  private beginEarly(offset: number, length: number): void {
    for (let lacking = this.lacking(length); lacking; lacking = this.lacking(length)) {
      this.passing = this.events.full(lacking) === 'lose';
      if (this.passing) return;
      this.miss((this.queue[0]?.offset ?? offset) - this.next);
      this.drain();
      if (offset <= this.next) return;
    }
    this.early = pieceAt(offset);
  }

  private lacking(length: number): Lacking | undefined {
    const { size, count } = this.limits;
    if (size > 0 && this.queued + length > size) return 'queue_size_exceeded';
    return count > 0 && this.queue.length >= count ? 'queue_cnt_exceeded' : undefined;
  }

  /** The next bytes of the current piece; copied if they are kept. */
  data(bytes: Uint8Array): void {
    if (this.passing) return;
    if (this.early) {
      this.early.content.append(bytes);
      this.queued += bytes.length;
      return;
    }
    const known = Math.min(this.overlapping, bytes.length);
    this.overlapping -= known;
    if (known < bytes.length) this.append(known > 0 ? bytes.subarray(known) : bytes);
  }

  /** Bytes of the current piece are missing. */
  gap(missing: number): void {
    if (this.passing) return;
    if (this.early) {
      // Bytes after the gap are a separate piece.
      const { offset, content } = this.early;
      this.end();
      this.early = pieceAt(offset + content.length + missing);
      return;
    }
    const lost = missing - Math.min(this.overlapping, missing);
    this.overlapping -= missing - lost;
    this.miss(lost);
  }

  /** The current piece is complete. */
  end(): void {
    const { early } = this;
    this.early = undefined;
    if (early && early.content.length > 0) {
      const at = this.queue.findIndex(({ offset }) => offset > early.offset);
      this.queue.splice(at < 0 ? this.queue.length : at, 0, early);
    }
    this.drain();
  }

  /** No more data will follow: waiting pieces are processed, with gaps before them. */
  finish(): void {
    this.end();
    for (const { offset } of [...this.queue]) {
      this.miss(offset - this.next);
      this.drain();
    }
  }

  private drain(): void {
    while (this.queue.length > 0 && this.queue[0]!.offset <= this.next) {
      const { offset, content } = this.queue.shift()!;
      this.queued -= content.length;
      let known = this.next - offset;
      for (const part of content.parts) {
        if (known < part.length) this.append(part.subarray(known));
        known = Math.max(0, known - part.length);
      }
    }
  }

  private append(bytes: Uint8Array): void {
    this.next += bytes.length;
    this.body.append(bytes);
  }

  private miss(count: number): void {
    if (count <= 0) return;
    this.next += count;
    this.file.gap(count);
  }
}
