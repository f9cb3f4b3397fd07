/**
 * Inserts a segment into the chunks of its direction by the pairwise rule: a byte changes its owner only when the new
 * segment wins against the owner, both compared with their whole extents.
 *
 * The cost is one search and the number of overlapped chunks, which is at most the number of bytes.
 */

import * as Chunk from './chunk.js';
import * as Direction from './direction.js';
import { absorbWaiting, moveToBuffer, writeBuffer } from './in-order.js';
import { newWins } from './policy.js';
import type { Store } from './store.js';

/** The segment being inserted: one object, reused for each segment. */
export class Segment {
  /** Its whole extent. */
  start = 0;
  end = 0;
  /** Its first position that counts; data before it is final. */
  from = 0;
  /** Offset in `Memory.bytes` of the byte at `start`. */
  source = 0;
  /** Block with a copy of its bytes from `blockStart` on, -1 when it begins in order: then none of them waits. */
  block = -1;
  blockStart = 0;
}

/** Inserts the part of [from, end) that wins. Reserve nodes (overlapped chunks + 2) and buffer space before. */
export function insertSegment(store: Store, r: number, segment: Segment): void {
  const { rows, chunks } = store;
  const { nodes } = chunks;
  const { start, end, from } = segment;
  const policy = rows[r + Direction.POLICY]!;
  let node = chunks.firstEndingAfter(r, from);
  // The chunk before the bytes won so far, and where those begin.
  let before = node === 0 ? rows[r + Direction.TAIL]! : nodes[node * Chunk.INTS + Chunk.PREVIOUS]!;
  let wonFrom = from;
  let position = from;
  while (node !== 0) {
    const n = node * Chunk.INTS;
    const chunkStart = nodes[n + Chunk.START]!;
    if (((chunkStart - end) | 0) >= 0) break;
    const chunkEnd = nodes[n + Chunk.END]!;
    const overlapStart = ((chunkStart - position) | 0) > 0 ? chunkStart : position;
    const overlapEnd = ((chunkEnd - end) | 0) < 0 ? chunkEnd : end;
    position = overlapEnd;
    if (newWins(policy, start, end, nodes[n + Chunk.ORIGINAL_START]!, nodes[n + Chunk.ORIGINAL_END]!)) {
      if (((chunkStart - overlapStart) | 0) < 0) before = node;
      node = cutChunk(store, r, node, overlapStart, overlapEnd);
    } else {
      if (((overlapStart - wonFrom) | 0) > 0)
        before = insertWon(store, r, segment, before, wonFrom, overlapStart);
      wonFrom = overlapEnd;
      // A segment that has to wait has no space in the buffer.
      if (segment.block < 0 && isNextInOrder(store, r, node)) {
        moveToBuffer(store, r, node);
        if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0) {
          node = chunks.remove(r, node);
          continue;
        }
      }
      before = node;
      node = nodes[n + Chunk.NEXT]!;
    }
  }
  if (((end - wonFrom) | 0) > 0) insertWon(store, r, segment, before, wonFrom, end);
  absorbWaiting(store, r);
}

/** Whether a waiting chunk begins where the contiguous data now ends. */
function isNextInOrder(store: Store, r: number, node: number): boolean {
  const { nodes } = store.chunks;
  const n = node * Chunk.INTS;
  return nodes[n + Chunk.BLOCK]! >= 0 && nodes[n + Chunk.START] === store.rows[r + Direction.IN_ORDER];
}

/** Cuts [from, to) out of a chunk. @returns the first chunk that begins at or after `to` */
function cutChunk(store: Store, r: number, node: number, from: number, to: number): number {
  const { rows, chunks, memory } = store;
  const { nodes } = chunks;
  const n = node * Chunk.INTS;
  const start = nodes[n + Chunk.START]!;
  const end = nodes[n + Chunk.END]!;
  const block = nodes[n + Chunk.BLOCK]!;
  if (block >= 0) rows[r + Direction.WAITING_BYTES]! -= (to - from) | 0;
  if (start === from && end === to) {
    if (block >= 0) {
      memory.free(block);
      rows[r + Direction.WAITING_CHUNKS]!--;
    }
    return chunks.remove(r, node);
  }
  if (start === from) {
    nodes[n + Chunk.START] = to;
    return node;
  }
  nodes[n + Chunk.END] = from;
  if (end === to) return nodes[n + Chunk.NEXT]!;
  const rest = chunks.insertAfter(r, node, to, end, block);
  copyOrigin(nodes, n, rest * Chunk.INTS);
  if (block >= 0) {
    memory.retain(block);
    rows[r + Direction.WAITING_CHUNKS]!++;
  }
  return rest;
}

function copyOrigin(nodes: Int32Array, from: number, to: number): void {
  nodes[to + Chunk.ORIGINAL_START] = nodes[from + Chunk.ORIGINAL_START]!;
  nodes[to + Chunk.ORIGINAL_END] = nodes[from + Chunk.ORIGINAL_END]!;
  nodes[to + Chunk.BLOCK_START] = nodes[from + Chunk.BLOCK_START]!;
}

/**
 * Stores the bytes [from, to) of the segment after the chunk `before`: in the buffer when the contiguous data reaches
 * them, else as a waiting chunk. @returns the chunk that is now the last one before `to`
 */
function insertWon(
  store: Store,
  r: number,
  segment: Segment,
  before: number,
  from: number,
  to: number,
): number {
  const { rows, chunks } = store;
  const inOrder = ((from - rows[r + Direction.IN_ORDER]!) | 0) <= 0;
  if (inOrder) {
    writeBuffer(store, r, from, segment.source + ((from - segment.start) | 0), (to - from) | 0);
    if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0) return before;
  } else {
    store.memory.retain(segment.block);
    rows[r + Direction.WAITING_CHUNKS]!++;
    rows[r + Direction.WAITING_BYTES]! += (to - from) | 0;
  }
  const node = chunks.insertAfter(r, before, from, to, inOrder ? -1 : segment.block);
  const n = node * Chunk.INTS;
  chunks.nodes[n + Chunk.ORIGINAL_START] = segment.start;
  chunks.nodes[n + Chunk.ORIGINAL_END] = segment.end;
  chunks.nodes[n + Chunk.BLOCK_START] = segment.blockStart;
  return node;
}
