/**
 * The part of a capture that is in memory: a block of the packet pool, filled by large reads. Packets stay where they
 * were read; only the first part of a record that crosses the end of a block is copied to the next block.
 */
import type { Memory } from '../memory.js';
import type { Pool } from '../pool.js';
import { type ByteInput, INPUT_END, INPUT_WAIT } from './byte-input.js';

/** The requested bytes are available. */
export const READY = 0;
/** They are not available now: the input has none, or the pool has no free block. */
export const WAIT = 1;
/** The input ended before them. */
export const END = 2;

export class BlockWindow {
  /** Offset in `memory.bytes` of the next byte. */
  position = 0;
  /** The pool block that contains it; -1 before the first. */
  block = -1;
  /** End of the bytes read so far, and of the block. */
  private filled = 0;
  private blockEnd = 0;
  /** Offset in the file of `filled`. */
  private read = 0;
  private skipped = 0;
  private ended = false;

  constructor(
    readonly memory: Memory,
    readonly pool: Pool,
    readonly input: ByteInput,
    private readonly readSize: number,
  ) {}

  /** Offset in the file of the next byte. */
  get fileOffset(): number {
    return this.read - (this.filled - this.position) + this.skipped;
  }

  /** Bytes left when `ensure` returned END. */
  get left(): number {
    return this.filled - this.position;
  }

  /** Bytes to be skipped that never arrived. */
  get missing(): number {
    return this.skipped;
  }

  /** Maximum number of bytes that can be requested. */
  get capacity(): number {
    return this.pool.range.blockSize;
  }

  /** Makes the next `count` bytes contiguous at `position`. @returns READY, WAIT or END */
  ensure(count: number): number {
    return this.skipped === 0 && this.filled - this.position >= count ? READY : this.fetch(count);
  }

  /** Advances by `count` bytes, possibly beyond what was read. */
  skip(count: number): void {
    const there = Math.min(count, this.filled - this.position);
    this.position += there;
    this.skipped += count - there;
  }

  close(): void {
    if (this.block >= 0) this.pool.releaseBlock(this.block);
    this.block = -1;
    this.input.close();
  }

  private fetch(count: number): number {
    while (this.skipped > 0 || this.filled - this.position < count) {
      if (this.ended) return END;
      if (this.position + count > this.blockEnd && !this.nextBlock()) return WAIT;
      const got = this.input.read(
        this.memory.bytes,
        this.filled,
        Math.min(this.blockEnd - this.filled, this.readSize),
      );
      if (got === INPUT_WAIT) return WAIT;
      if (got === INPUT_END) this.ended = true;
      else this.add(got);
    }
    return READY;
  }

  /** Skipped bytes are not kept: they are overwritten by the following ones. */
  private add(count: number): void {
    const unwanted = Math.min(this.skipped, count);
    this.filled += count;
    this.position += unwanted;
    this.skipped -= unwanted;
    this.read += count;
  }

  private nextBlock(): boolean {
    const next = this.pool.takeBlock();
    if (next < 0) return false;
    const start = this.pool.blockOffset(next);
    const kept = this.filled - this.position;
    this.memory.copy(start, this.position, this.filled - this.position);
    if (this.block >= 0) this.pool.releaseBlock(this.block);
    this.block = next;
    this.position = start;
    this.filled = start + kept;
    this.blockEnd = start + this.pool.range.blockSize;
    return true;
  }
}
