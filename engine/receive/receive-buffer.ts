/** Room in a pool's blocks for receiving packets contiguously. */
import type { Pool } from '../pool.js';

export class ReceiveBuffer {
  private block = -1;
  private used = 0;

  /** @param needed bytes that must be free before receiving */
  constructor(
    private readonly pool: Pool,
    private readonly needed: number,
  ) {
    if (needed > pool.range.blockSize)
      throw new Error(
        `threading.block-size is ${pool.range.blockSize}, but packets may need ${needed} bytes`,
      );
  }

  /** @returns false while all blocks are in use */
  ensure(): boolean {
    const { pool } = this;
    if (this.block >= 0 && pool.range.blockSize - this.used >= this.needed) return true;
    const next = pool.takeBlock();
    if (next < 0) return false;
    if (this.block >= 0) pool.releaseBlock(this.block);
    this.block = next;
    this.used = 0;
    return true;
  }

  get from(): number {
    return this.pool.blockOffset(this.block) + this.used;
  }

  get to(): number {
    return this.pool.blockOffset(this.block) + this.pool.range.blockSize;
  }

  /** This many bytes were written. */
  take(bytes: number): void {
    this.used = (this.used + bytes + 7) & ~7;
  }

  /** The packet's bytes are in the current block. */
  attach(slot: number): void {
    this.pool.attach(slot, this.block);
  }
}
