/**
 * The pool of the packets a thread creates: free slots, and blocks of memory for their bytes.
 *
 * Its size is the bound on packets in flight: whoever creates packets waits until slots are returned. Only the owner
 * takes slots; other threads return them through rings (see `thread/returns.ts`), so there are no locks. Blocks are
 * reference counted: a block is free again when all packets whose bytes it holds were returned.
 */
import type { Memory } from './memory.js';
import * as Packet from './packet.js';

export interface PoolRange {
  /** Number of the pool: index among all pools. */
  readonly index: number;
  readonly firstSlot: number;
  readonly slots: number;
  /** Bytes of `Memory.bytes` that belong to this pool, and the size of the blocks they are divided into. */
  readonly firstByte: number;
  readonly byteLength: number;
  readonly blockSize: number;
}

/** Slots for packets, and blocks for their bytes, that one thread allocates. */
export class Pool {
  /** Called for every returned packet, before its slot is freed. One callback per kind of pseudo packet. */
  readonly onReturn: ((slot: number) => void)[] = [];
  private readonly free: Int32Array;
  private freeCount: number;
  private readonly row: Int32Array;
  private readonly blockReferences: Int32Array;
  private readonly freeBlocks: Int32Array;
  private freeBlockCount: number;
  private current = -1;
  private used = 0;

  constructor(
    memory: Memory,
    readonly range: PoolRange,
  ) {
    this.row = memory.row;
    this.free = new Int32Array(range.slots);
    for (let i = 0; i < range.slots; i++) this.free[i] = range.firstSlot + range.slots - 1 - i;
    this.freeCount = range.slots;
    const blocks = Math.floor(range.byteLength / range.blockSize);
    this.blockReferences = new Int32Array(blocks);
    this.freeBlocks = new Int32Array(blocks);
    for (let i = 0; i < blocks; i++) this.freeBlocks[i] = blocks - 1 - i;
    this.freeBlockCount = blocks;
  }

  /** Slots that can be taken now. */
  get available(): number {
    return this.freeCount;
  }

  /** True when no packet of this pool is in flight. */
  get idle(): boolean {
    return this.freeCount === this.free.length;
  }

  /** Free blocks. */
  get availableBlocks(): number {
    return this.freeBlockCount;
  }

  /** Takes a slot with a cleared row. @returns -1 if none is free */
  take(): number {
    if (this.freeCount === 0) return -1;
    const slot = this.free[--this.freeCount]!;
    const p = slot * Packet.INTS;
    this.row.fill(0, p, p + Packet.INTS);
    this.row[p + Packet.PROTOCOL] = -1;
    this.row[p + Packet.FLOW] = -1;
    this.row[p + Packet.ROOT] = -1;
    this.row[p + Packet.REFERENCES] = 1;
    this.row[p + Packet.POOL] = this.range.index;
    this.row[p + Packet.BLOCK] = -1;
    this.row[p + Packet.EVENT_SIGNATURE] = -1;
    // EVENT_TRANSACTION of an event, CARRIER of any other packet.
    this.row[p + Packet.EVENT_TRANSACTION] = -1;
    return slot;
  }

  /**
   * Allocates `length` bytes for a packet that was just taken, and records the block in its row.
   * @returns the offset in `Memory.bytes`, or -1 if none is available now (or the length exceeds a block).
   */
  allocate(slot: number, length: number): number {
    const { blockSize, firstByte } = this.range;
    if (length > blockSize) return -1;
    if (this.current < 0 || this.used + length > blockSize) {
      const next = this.takeBlock();
      if (next < 0) return -1;
      if (this.current >= 0) this.releaseBlock(this.current);
      this.current = next;
      this.used = 0;
    }
    this.attach(slot, this.current);
    const offset = firstByte + this.current * blockSize + this.used;
    this.used += (length + 7) & ~7;
    return offset;
  }

  /** Takes a whole block, referenced by the caller until `releaseBlock`. @returns its number or -1 */
  takeBlock(): number {
    if (this.freeBlockCount === 0) return -1;
    const block = this.freeBlocks[--this.freeBlockCount]!;
    this.blockReferences[block] = 1;
    return block;
  }

  /** Offset of a block's first byte. */
  blockOffset(block: number): number {
    return this.range.firstByte + block * this.range.blockSize;
  }

  /** Records that the packet's bytes are in this block. */
  attach(slot: number, block: number): void {
    this.row[slot * Packet.INTS + Packet.BLOCK] = block;
    this.blockReferences[block]!++;
  }

  /** Releases one reference to a block. */
  releaseBlock(block: number): void {
    if (--this.blockReferences[block]! === 0) this.freeBlocks[this.freeBlockCount++] = block;
  }

  /** A packet of this pool is done: frees its slot and its reference to a block. Called by the owner only. */
  release(slot: number): void {
    for (const callback of this.onReturn) callback(slot);
    const block = this.row[slot * Packet.INTS + Packet.BLOCK]!;
    if (block >= 0) this.releaseBlock(block);
    this.free[this.freeCount++] = slot;
  }
}
