/**
 * The part of a capture that lies in memory: a block of the packet pool, filled by large reads. Packets stay
 * where they were read; only the head of a record that a block's end cuts is copied to the next block.
 */
import type { Memory } from '../memory.js';
import type { Pool } from '../pool.js';
import { type ByteInput, INPUT_END, INPUT_WAIT } from './byte-input.js';

/** The bytes asked for are there. */
export const READY = 0;
/** They are not there now: the input has none, or the pool has no free block. */
export const WAIT = 1;
/** The input ended before them. */
export const END = 2;

export class BlockWindow {
  /** Offset in `memory.bytes` of the next byte. */
  position = 0;
  /** The pool's block that it lies in; -1 before the first. */
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

  /** Bytes that are left when `ensure` said END. */
  get left(): number {
    return this.filled - this.position;
  }

  /** Bytes that were to be skipped but never came. */
  get missing(): number {
    return this.skipped;
  }

  /** Most bytes that can be asked for. */
  get capacity(): number {
    return this.pool.range.blockSize;
  }

  /** Makes the next `count` bytes lie in one piece at `position`. @returns READY, WAIT or END */
  ensure(count: number): number {
    return this.skipped === 0 && this.filled - this.position >= count ? READY : this.fetch(count);
  }

  /** Goes on by `count` bytes, which may lie beyond what was read. */
  skip(count: number): void {
    const there = Math.min(count, this.filled - this.position);
    this.position += there;
    this.skipped += count - there;
  }

  close(): void {
    if (this.block >= 0) this.pool.dropBlock(this.block);
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

  /** What was skipped is not kept: it is overwritten by what follows. */
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
    if (this.block >= 0) this.pool.dropBlock(this.block);
    this.block = next;
    this.position = start;
    this.filled = start + kept;
    this.blockEnd = start + this.pool.range.blockSize;
    return true;
  }
}
