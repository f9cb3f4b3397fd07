/**
 * Memory for stream data: blocks of 64 · 2^n bytes from one range of the shared byte space.
 *
 * A buddy allocator, so that free neighbours are merged into large blocks whatever the traffic was, with lists of
 * recently freed blocks by size in front of it, because most blocks live for a few packets only. All bookkeeping is
 * outside the range, so packet data cannot corrupt it.
 *
 * Data delivered to the following modules must stay until they are done with the batch. `release` therefore
 * is deferred to the next `beginBatch`; `free` is for references to data that nobody else has seen.
 */
import type { ByteRange } from '../../../engine/module.js';

/** Bytes of the smallest block; blocks are numbered in this unit. */
export const UNIT = 64;
const UNIT_BITS = 6;
const NONE = -1;

export class StreamMemory {
  /** Bytes in allocated blocks, including those deferred to the next batch. */
  used = 0;
  /** Bytes allocated and freed since the start: equal when nothing is held. */
  allocatedTotal = 0;
  releasedTotal = 0;
  readonly first: number;
  private readonly units: number;
  private readonly orders: number;
  /** Links of the free lists, by unit. */
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** Order of the block that begins at this unit, plus one; 0 where none begins. */
  private readonly orderAt: Uint8Array;
  /** 1 where a block begins that is in a free list of `free`, and so can be merged with its neighbour. */
  private readonly joinable: Uint8Array;
  private readonly references: Int32Array;
  private readonly freeHeads: Int32Array;
  private readonly recentHeads: Int32Array;
  private pending = new Int32Array(256);
  private pendingCount = 0;

  /** @param limit maximum number of allocated bytes (memcap) */
  constructor(
    range: ByteRange,
    readonly limit: number,
  ) {
    this.first = Math.ceil(range.first / UNIT) * UNIT;
    this.units = Math.max(0, Math.floor((range.first + range.byteLength - this.first) / UNIT));
    this.orders = Math.max(1, 32 - Math.clz32(this.units));
    this.next = new Int32Array(this.units);
    this.previous = new Int32Array(this.units);
    this.orderAt = new Uint8Array(this.units);
    this.joinable = new Uint8Array(this.units);
    this.references = new Int32Array(this.units);
    this.freeHeads = new Int32Array(this.orders).fill(NONE);
    this.recentHeads = new Int32Array(this.orders).fill(NONE);
    this.cutRange();
  }

  /** Offset in `Memory.bytes` of a block's first byte. */
  offset(block: number): number {
    return this.first + block * UNIT;
  }

  /** Bytes of a block. */
  size(block: number): number {
    return UNIT << (this.orderAt[block]! - 1);
  }

  /** Allocates a block of at least `length` bytes with one reference. @returns its number, -1 when there is no space */
  take(length: number): number {
    const order = length <= UNIT ? 0 : 32 - Math.clz32((length - 1) >>> UNIT_BITS);
    if (order >= this.orders || this.used + (UNIT << order) > this.limit) return NONE;
    let block = this.takeRecent(order);
    if (block < 0) block = this.split(order);
    if (block < 0 && this.joinRecent()) block = this.split(order);
    if (block < 0) return NONE;
    this.orderAt[block] = order + 1;
    this.references[block] = 1;
    this.used += UNIT << order;
    this.allocatedTotal += UNIT << order;
    return block;
  }

  /** Counts bytes of bookkeeping (negative: freed) towards the limit. */
  charge(bytes: number): void {
    this.used += bytes;
    if (bytes > 0) this.allocatedTotal += bytes;
    else this.releasedTotal -= bytes;
  }

  /** Adds a reference to the block. */
  retain(block: number): void {
    this.references[block]!++;
  }

  /** Drops a reference when the next batch begins: until then the block stays, whatever happens to others. */
  release(block: number): void {
    if (this.pendingCount === this.pending.length) {
      const larger = new Int32Array(this.pendingCount * 2);
      larger.set(this.pending);
      this.pending = larger;
    }
    this.pending[this.pendingCount++] = block;
  }

  /** Drops a reference; the block is free at once if it was the last one. */
  free(block: number): void {
    if (--this.references[block]! === 0) this.returnUnits(block);
  }

  /** Data delivered in the previous batch is no longer accessed. */
  beginBatch(): void {
    for (let i = 0; i < this.pendingCount; i++) this.free(this.pending[i]!);
    this.pendingCount = 0;
  }

  private returnUnits(block: number): void {
    const order = this.orderAt[block]! - 1;
    this.used -= UNIT << order;
    this.releasedTotal += UNIT << order;
    this.next[block] = this.recentHeads[order]!;
    this.recentHeads[order] = block;
  }

  private takeRecent(order: number): number {
    const block = this.recentHeads[order]!;
    if (block >= 0) this.recentHeads[order] = this.next[block]!;
    return block;
  }

  /** Takes a block of this order from the free lists, splitting a larger one if needed. */
  private split(order: number): number {
    let from = order;
    while (from < this.orders && this.freeHeads[from]! < 0) from++;
    if (from >= this.orders) return NONE;
    const block = this.freeHeads[from]!;
    this.unlink(block, from);
    while (from > order) {
      from--;
      this.link(block + (1 << from), from);
    }
    return block;
  }

  /** Returns all recently freed blocks, merged with their neighbours. @returns false when there were none */
  private joinRecent(): boolean {
    let some = false;
    for (let order = 0; order < this.orders; order++) {
      for (let block = this.takeRecent(order); block >= 0; block = this.takeRecent(order)) {
        this.join(block, order);
        some = true;
      }
    }
    return some;
  }

  private join(block: number, order: number): void {
    while (order + 1 < this.orders) {
      const neighbour = block ^ (1 << order);
      if (neighbour + (1 << order) > this.units) break;
      if (this.joinable[neighbour] === 0 || this.orderAt[neighbour] !== order + 1) break;
      this.unlink(neighbour, order);
      this.orderAt[Math.max(block, neighbour)] = 0;
      block = Math.min(block, neighbour);
      order++;
    }
    this.link(block, order);
  }

  private link(block: number, order: number): void {
    const head = this.freeHeads[order]!;
    this.next[block] = head;
    this.previous[block] = NONE;
    if (head >= 0) this.previous[head] = block;
    this.freeHeads[order] = block;
    this.orderAt[block] = order + 1;
    this.joinable[block] = 1;
  }

  private unlink(block: number, order: number): void {
    const next = this.next[block]!;
    const previous = this.previous[block]!;
    if (previous >= 0) this.next[previous] = next;
    else this.freeHeads[order] = next;
    if (next >= 0) this.previous[next] = previous;
    this.joinable[block] = 0;
  }

  /** The range need not be a power of two: it is divided into the largest blocks that are. */
  private cutRange(): void {
    let at = 0;
    for (let order = this.orders - 1; order >= 0; order--) {
      if (at + (1 << order) > this.units) continue;
      this.link(at, order);
      at += 1 << order;
    }
  }
}
