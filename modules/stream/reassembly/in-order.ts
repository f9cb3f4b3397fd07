/**
 * The buffer of a direction's contiguous data: positions [BUFFER_START, IN_ORDER) are in one block; those from
 * KEPT_FROM on are still needed. It moves to a larger block when it is full; the old one stays readable until
 * the batch is done. A direction without data has no block.
 */

import * as Chunk from './chunk.js';
import * as Direction from './direction.js';
import type { Store } from './store.js';

/** Offset in `Memory.bytes` of a position in the buffer. */
export function bufferOffset(store: Store, r: number, position: number): number {
  const { rows, memory } = store;
  return (
    memory.offset(rows[r + Direction.BUFFER]! - 1) + ((position - rows[r + Direction.BUFFER_START]!) | 0)
  );
}

/** Makes room in the buffer up to position `end`. @returns false when there is no memory */
export function reserveBuffer(store: Store, r: number, end: number): boolean {
  const { rows, memory } = store;
  const held = rows[r + Direction.BUFFER]! - 1;
  if (held >= 0 && ((end - rows[r + Direction.BUFFER_START]!) | 0) <= memory.size(held)) return true;
  const from = rows[r + Direction.KEPT_FROM]!;
  const kept = held < 0 ? 0 : (rows[r + Direction.IN_ORDER]! - from) | 0;
  // Twice what is moved, so that each byte is moved an amortized constant number of times.
  const block = memory.take(
    Math.max(2 * kept, (end - from) | 0, kept === 0 ? rows[r + Direction.SIZE_HINT]! : 0),
  );
  if (block < 0) return false;
  if (held >= 0) {
    const source = bufferOffset(store, r, from);
    if (kept > 0) store.copy(memory.offset(block), source, kept);
    memory.release(held);
  }
  rows[r + Direction.BUFFER] = block + 1;
  rows[r + Direction.BUFFER_START] = from;
  rows[r + Direction.SIZE_HINT] = Math.min(memory.size(block), MAX_HINT);
  return true;
}

/** Limit of the size hint: a stream that once needed a large buffer may not need one again. */
const MAX_HINT = 16384;

/** Writes data at a position of the buffer; data beyond IN_ORDER extends it. Space must be reserved. */
export function writeBuffer(store: Store, r: number, position: number, source: number, length: number): void {
  store.copy(bufferOffset(store, r, position), source, length);
  const end = (position + length) | 0;
  if (((end - store.rows[r + Direction.IN_ORDER]!) | 0) > 0) store.rows[r + Direction.IN_ORDER] = end;
}

/** Releases the buffer when nothing in it is needed any more. */
export function releaseEmptyBuffer(store: Store, r: number): void {
  const { rows, memory } = store;
  if (rows[r + Direction.BUFFER] === 0 || rows[r + Direction.KEPT_FROM] !== rows[r + Direction.IN_ORDER])
    return;
  memory.release(rows[r + Direction.BUFFER]! - 1);
  rows[r + Direction.BUFFER] = 0;
}

/** The first waiting chunk, 0 when there is none. */
export function firstWaiting(store: Store, r: number): number {
  const { rows, chunks } = store;
  if (rows[r + Direction.WAITING_CHUNKS] === 0) return 0;
  if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0) return rows[r + Direction.HEAD]!;
  return chunks.firstEndingAfter(r, rows[r + Direction.IN_ORDER]!);
}

/**
 * Moves the waiting chunks that follow the contiguous data without a gap into the buffer.
 * If there is no memory for it, they keep waiting and the next call tries again.
 */
export function absorbWaiting(store: Store, r: number): void {
  const { rows, chunks } = store;
  let node = firstWaiting(store, r);
  while (node !== 0) {
    const n = node * Chunk.INTS;
    if (((chunks.nodes[n + Chunk.START]! - rows[r + Direction.IN_ORDER]!) | 0) > 0) return;
    if (!reserveBuffer(store, r, chunks.nodes[n + Chunk.END]!)) return;
    moveToBuffer(store, r, node);
    const settled = (rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0;
    node = settled ? chunks.remove(r, node) : chunks.nodes[n + Chunk.NEXT]!;
  }
}

/** Moves the part of a waiting chunk that extends the contiguous data to the buffer. Space must be reserved. */
export function moveToBuffer(store: Store, r: number, node: number): void {
  const { rows, chunks, memory } = store;
  const n = node * Chunk.INTS;
  const start = chunks.nodes[n + Chunk.START]!;
  const end = chunks.nodes[n + Chunk.END]!;
  const inOrder = rows[r + Direction.IN_ORDER]!;
  const length = (end - inOrder) | 0;
  if (length > 0) writeBuffer(store, r, inOrder, chunkOffset(store, node) + ((inOrder - start) | 0), length);
  memory.free(chunks.nodes[n + Chunk.BLOCK]!);
  chunks.nodes[n + Chunk.BLOCK] = -1;
  rows[r + Direction.WAITING_CHUNKS]!--;
  rows[r + Direction.WAITING_BYTES]! -= (end - start) | 0;
}

/** Offset in `Memory.bytes` of the first byte that a waiting chunk owns. */
export function chunkOffset(store: Store, node: number): number {
  const { nodes } = store.chunks;
  const n = node * Chunk.INTS;
  return (
    store.memory.offset(nodes[n + Chunk.BLOCK]!) +
    ((nodes[n + Chunk.START]! - nodes[n + Chunk.BLOCK_START]!) | 0)
  );
}
