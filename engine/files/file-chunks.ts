/** A file received in chunks, each with its offset in the file: an early chunk waits for the bytes before it. */

import { BlockBuffer } from './block-buffer.js';
import type { InspectedBody } from './inspected-body.js';
import type { TrackedFile } from './tracked-file.js';

/** Limits on the waiting chunks of a file; 0: none. */
export interface QueueLimits {
  /** Bytes. */
  readonly size: number;
  /** Pieces. */
  readonly count: number;
}

/** Callbacks to the protocol about the chunks. */
export interface ChunkEvents {
  /** A chunk overlaps earlier bytes; the earlier ones are kept. */
  overlap(): void;
  /**
   * No room for an early chunk: whether it is discarded, or the bytes missing before the waiting chunks are given up.
   */
  full(what: QueueOverflow): 'discard' | 'skip gap';
}

export type QueueOverflow = 'queue_size_exceeded' | 'queue_cnt_exceeded';

interface Chunk {
  readonly offset: number;
  readonly content: BlockBuffer;
}

const chunkAt = (offset: number): Chunk => ({ offset, content: new BlockBuffer() });

export class FileChunks {
  /** Offset in the file of the next byte in order. */
  next = 0;
  private readonly file: TrackedFile;
  private readonly queue: Chunk[] = [];
  private queued = 0;
  /** Destination of the bytes of the current chunk. */
  private outOfOrder: Chunk | undefined;
  private overlapping = 0;
  private discarding = false;

  /** @param body must have a file */
  constructor(
    private readonly body: InspectedBody,
    private readonly limits: QueueLimits,
    private readonly events: ChunkEvents,
  ) {
    this.file = body.file!;
  }

  /** `length` bytes of the file from `offset` on follow. */
  begin(offset: number, length: number): void {
    if (this.outOfOrder) this.end();
    this.discarding = false;
    if (offset > this.next) this.beginOutOfOrder(offset, length);
    this.overlapping = this.outOfOrder ? 0 : Math.max(0, Math.min(length, this.next - offset));
    if (this.overlapping > 0) this.events.overlap();
  }

  private beginOutOfOrder(offset: number, length: number): void {
    for (let overflow = this.overflow(length); overflow; overflow = this.overflow(length)) {
      this.discarding = this.events.full(overflow) === 'discard';
      if (this.discarding) return;
      this.skipMissing((this.queue[0]?.offset ?? offset) - this.next);
      this.drain();
      if (offset <= this.next) return;
    }
    this.outOfOrder = chunkAt(offset);
  }

  private overflow(length: number): QueueOverflow | undefined {
    const { size, count } = this.limits;
    if (size > 0 && this.queued + length > size) return 'queue_size_exceeded';
    return count > 0 && this.queue.length >= count ? 'queue_cnt_exceeded' : undefined;
  }

  /** The next bytes of the current chunk; copied if they are kept. */
  data(bytes: Uint8Array): void {
    if (this.discarding) return;
    if (this.outOfOrder) {
      this.outOfOrder.content.append(bytes);
      this.queued += bytes.length;
      return;
    }
    const known = Math.min(this.overlapping, bytes.length);
    this.overlapping -= known;
    if (known < bytes.length) this.append(known > 0 ? bytes.subarray(known) : bytes);
  }

  /** Bytes of the current chunk are missing. */
  gap(missing: number): void {
    if (this.discarding) return;
    if (this.outOfOrder) {
      // Bytes after the gap are a separate chunk.
      const { offset, content } = this.outOfOrder;
      this.end();
      this.outOfOrder = chunkAt(offset + content.length + missing);
      return;
    }
    const lost = missing - Math.min(this.overlapping, missing);
    this.overlapping -= missing - lost;
    this.skipMissing(lost);
  }

  /** The current chunk is complete. */
  end(): void {
    const { outOfOrder } = this;
    this.outOfOrder = undefined;
    if (outOfOrder && outOfOrder.content.length > 0) {
      const at = this.queue.findIndex(({ offset }) => offset > outOfOrder.offset);
      this.queue.splice(at < 0 ? this.queue.length : at, 0, outOfOrder);
    }
    this.drain();
  }

  /** No more data will follow: waiting chunks are processed, with gaps before them. */
  finish(): void {
    this.end();
    for (const { offset } of [...this.queue]) {
      this.skipMissing(offset - this.next);
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

  private skipMissing(count: number): void {
    if (count <= 0) return;
    this.next += count;
    this.file.gap(count);
  }
}
