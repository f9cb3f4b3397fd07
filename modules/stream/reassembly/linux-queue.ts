/**
 * The out-of-order queue of Linux 4.9 and later, as measured on Linux 6.18: whole segments in a red-black tree by
 * sequence number. The first chunk that a new segment meets on its way down the tree decides:
 *
 * - it lies within a queued chunk: it is dropped;
 * - it begins with a queued chunk and is longer: it replaces that chunk;
 * - it begins exactly where a queued chunk ends: both are merged into one chunk;
 * - otherwise it is queued too, and following chunks that it covers completely are removed.
 *
 * Chunks may overlap in the queue. When a gap is filled, they are read in order of their start, and bytes that were
 * read already are skipped: the chunk that begins first wins.
 */

import * as Chunk from './chunk.js';
import * as Direction from './direction.js';
import { chunkOffset } from './in-order.js';
import type { Segment } from './insert.js';
import type { OverlapSurvey } from './overlap.js';
import type { Store } from './store.js';

/** Queues a segment after the contiguous data. Space for one node must be reserved. @returns false without memory */
export function insertLikeLinux(store: Store, r: number, segment: Segment): boolean {
  const { rows, chunks } = store;
  const { nodes } = chunks;
  const { start, end } = segment;
  const tail = rows[r + Direction.TAIL]!;
  if (tail !== 0 && nodes[tail * Chunk.INTS + Chunk.END] === start) return join(store, r, tail, segment);
  let before = 0;
  let node = rows[r + Direction.ROOT]!;
  while (node !== 0) {
    const n = node * Chunk.INTS;
    const chunkEnd = nodes[n + Chunk.END]!;
    const later = (start - nodes[n + Chunk.START]!) | 0;
    if (later < 0) {
      node = nodes[n + Chunk.LEFT]!;
      continue;
    }
    if (((start - chunkEnd) | 0) < 0) {
      if (((end - chunkEnd) | 0) <= 0) return true;
      if (later === 0) return replace(store, r, node, segment);
    } else if (start === chunkEnd) {
      return join(store, r, node, segment);
    }
    before = node;
    node = nodes[n + Chunk.RIGHT]!;
  }
  return add(store, r, before, segment);
}

function add(store: Store, r: number, before: number, segment: Segment): boolean {
  const { rows, chunks } = store;
  const block = copyOf(store, segment);
  if (block < 0) return false;
  const node = chunks.insertAfter(r, before, segment.start, segment.end, block);
  chunks.nodes[node * Chunk.INTS + Chunk.BLOCK_START] = segment.start;
  rows[r + Direction.WAITING_CHUNKS]!++;
  rows[r + Direction.WAITING_BYTES]! += (segment.end - segment.start) | 0;
  removeCovered(store, r, node);
  return true;
}

function replace(store: Store, r: number, node: number, segment: Segment): boolean {
  const { rows, chunks, memory } = store;
  const block = copyOf(store, segment);
  if (block < 0) return false;
  const n = node * Chunk.INTS;
  memory.free(chunks.nodes[n + Chunk.BLOCK]!);
  rows[r + Direction.WAITING_BYTES]! += (segment.end - chunks.nodes[n + Chunk.END]!) | 0;
  chunks.nodes[n + Chunk.END] = segment.end;
  chunks.nodes[n + Chunk.BLOCK] = block;
  chunks.nodes[n + Chunk.BLOCK_START] = segment.start;
  removeCovered(store, r, node);
  return true;
}

/** Appends the segment to a chunk; its block grows by doubling, so the amortized cost is the appended length. */
function join(store: Store, r: number, node: number, segment: Segment): boolean {
  const { rows, chunks, memory } = store;
  const n = node * Chunk.INTS;
  const held = (chunks.nodes[n + Chunk.END]! - chunks.nodes[n + Chunk.BLOCK_START]!) | 0;
  const length = (segment.end - segment.start) | 0;
  let block = chunks.nodes[n + Chunk.BLOCK]!;
  if (held + length > memory.size(block)) {
    const larger = memory.take(held + length);
    if (larger < 0) return false;
    store.copy(memory.offset(larger), memory.offset(block), held);
    memory.free(block);
    block = larger;
    chunks.nodes[n + Chunk.BLOCK] = block;
  }
  store.copy(memory.offset(block) + held, segment.source, length);
  chunks.nodes[n + Chunk.END] = segment.end;
  rows[r + Direction.WAITING_BYTES]! += length;
  return true;
}

function removeCovered(store: Store, r: number, node: number): void {
  const { rows, chunks, memory } = store;
  const { nodes } = chunks;
  const end = nodes[node * Chunk.INTS + Chunk.END]!;
  let next = nodes[node * Chunk.INTS + Chunk.NEXT]!;
  while (next !== 0 && ((nodes[next * Chunk.INTS + Chunk.END]! - end) | 0) <= 0) {
    const n = next * Chunk.INTS;
    memory.free(nodes[n + Chunk.BLOCK]!);
    rows[r + Direction.WAITING_CHUNKS]!--;
    rows[r + Direction.WAITING_BYTES]! -= (nodes[n + Chunk.END]! - nodes[n + Chunk.START]!) | 0;
    next = chunks.remove(r, next);
  }
}

/**
 * Compares a segment with what the queue would read in its place, each byte once: with the chunk that begins before it
 * and those that begin within it. An earlier chunk hidden by a shorter one is not compared.
 */
export function surveyLinuxQueue(store: Store, r: number, segment: Segment, survey: OverlapSurvey): void {
  const { nodes } = store.chunks;
  let node = lastStartingBefore(store, r, segment.from);
  if (node === 0) node = store.rows[r + Direction.HEAD]!;
  let compared = segment.from;
  for (; node !== 0; node = nodes[node * Chunk.INTS + Chunk.NEXT]!) {
    const n = node * Chunk.INTS;
    const start = nodes[n + Chunk.START]!;
    if (((start - segment.end) | 0) >= 0 || ((compared - segment.end) | 0) >= 0) return;
    const from = ((start - compared) | 0) > 0 ? start : compared;
    const chunkEnd = nodes[n + Chunk.END]!;
    const to = ((chunkEnd - segment.end) | 0) < 0 ? chunkEnd : segment.end;
    if (((to - from) | 0) <= 0) continue;
    survey.compare(chunkOffset(store, node) + ((from - start) | 0), segment, from, to, false);
    if (survey.differs) return;
    compared = to;
  }
}

function lastStartingBefore(store: Store, r: number, position: number): number {
  const { nodes } = store.chunks;
  let found = 0;
  for (let node = store.rows[r + Direction.ROOT]!; node !== 0; ) {
    const n = node * Chunk.INTS;
    if (((nodes[n + Chunk.START]! - position) | 0) <= 0) {
      found = node;
      node = nodes[n + Chunk.RIGHT]!;
    } else {
      node = nodes[n + Chunk.LEFT]!;
    }
  }
  return found;
}

function copyOf(store: Store, segment: Segment): number {
  const length = (segment.end - segment.start) | 0;
  const block = store.memory.take(length);
  if (block >= 0) store.copy(store.memory.offset(block), segment.source, length);
  return block;
}
