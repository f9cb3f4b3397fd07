/**
 * The out-of-order queue of Linux 4.9 and later, as measured on Linux 6.18: whole segments in a red-black tree by
 * sequence number. The first piece that a new segment meets on its way down the tree decides:
 *
 * - it lies within a queued piece: it is dropped;
 * - it begins with a queued piece and is longer: it replaces that piece;
 * - it begins exactly where a queued piece ends: both are merged into one piece;
 * - otherwise it is queued too, and following pieces that it covers completely are removed.
 *
 * Pieces may overlap in the queue. When a gap is filled, they are read in order of their start, and bytes that were
 * read already are skipped: the piece that begins first wins.
 */
import * as Direction from './direction.js';
import { pieceOffset } from './in-order.js';
import type { Segment } from './insert.js';
import type { Survey } from './overlap.js';
import * as Piece from './piece.js';
import type { Store } from './store.js';

/** Queues a segment after the contiguous data. Space for one node must be reserved. @returns false without memory */
export function queueLikeLinux(store: Store, r: number, segment: Segment): boolean {
  const { rows, pieces } = store;
  const { nodes } = pieces;
  const { start, end } = segment;
  const tail = rows[r + Direction.TAIL]!;
  if (tail !== 0 && nodes[tail * Piece.INTS + Piece.END] === start) return join(store, r, tail, segment);
  let before = 0;
  let node = rows[r + Direction.ROOT]!;
  while (node !== 0) {
    const n = node * Piece.INTS;
    const pieceEnd = nodes[n + Piece.END]!;
    const later = (start - nodes[n + Piece.START]!) | 0;
    if (later < 0) {
      node = nodes[n + Piece.LEFT]!;
      continue;
    }
    if (((start - pieceEnd) | 0) < 0) {
      if (((end - pieceEnd) | 0) <= 0) return true;
      if (later === 0) return replace(store, r, node, segment);
    } else if (start === pieceEnd) {
      return join(store, r, node, segment);
    }
    before = node;
    node = nodes[n + Piece.RIGHT]!;
  }
  return add(store, r, before, segment);
}

function add(store: Store, r: number, before: number, segment: Segment): boolean {
  const { rows, pieces } = store;
  const block = copyOf(store, segment);
  if (block < 0) return false;
  const node = pieces.insertAfter(r, before, segment.start, segment.end, block);
  pieces.nodes[node * Piece.INTS + Piece.BLOCK_START] = segment.start;
  rows[r + Direction.WAITING_PIECES]!++;
  rows[r + Direction.WAITING_BYTES]! += (segment.end - segment.start) | 0;
  removeCovered(store, r, node);
  return true;
}

function replace(store: Store, r: number, node: number, segment: Segment): boolean {
  const { rows, pieces, memory } = store;
  const block = copyOf(store, segment);
  if (block < 0) return false;
  const n = node * Piece.INTS;
  memory.free(pieces.nodes[n + Piece.BLOCK]!);
  rows[r + Direction.WAITING_BYTES]! += (segment.end - pieces.nodes[n + Piece.END]!) | 0;
  pieces.nodes[n + Piece.END] = segment.end;
  pieces.nodes[n + Piece.BLOCK] = block;
  pieces.nodes[n + Piece.BLOCK_START] = segment.start;
  removeCovered(store, r, node);
  return true;
}

/** Appends the segment to a piece; its block grows by doubling, so the amortized cost is the appended length. */
function join(store: Store, r: number, node: number, segment: Segment): boolean {
  const { rows, pieces, memory } = store;
  const n = node * Piece.INTS;
  const held = (pieces.nodes[n + Piece.END]! - pieces.nodes[n + Piece.BLOCK_START]!) | 0;
  const length = (segment.end - segment.start) | 0;
  let block = pieces.nodes[n + Piece.BLOCK]!;
  if (held + length > memory.size(block)) {
    const larger = memory.take(held + length);
    if (larger < 0) return false;
    store.copy(memory.offset(larger), memory.offset(block), held);
    memory.free(block);
    block = larger;
    pieces.nodes[n + Piece.BLOCK] = block;
  }
  store.copy(memory.offset(block) + held, segment.source, length);
  pieces.nodes[n + Piece.END] = segment.end;
  rows[r + Direction.WAITING_BYTES]! += length;
  return true;
}

function removeCovered(store: Store, r: number, node: number): void {
  const { rows, pieces, memory } = store;
  const { nodes } = pieces;
  const end = nodes[node * Piece.INTS + Piece.END]!;
  let next = nodes[node * Piece.INTS + Piece.NEXT]!;
  while (next !== 0 && ((nodes[next * Piece.INTS + Piece.END]! - end) | 0) <= 0) {
    const n = next * Piece.INTS;
    memory.free(nodes[n + Piece.BLOCK]!);
    rows[r + Direction.WAITING_PIECES]!--;
    rows[r + Direction.WAITING_BYTES]! -= (nodes[n + Piece.END]! - nodes[n + Piece.START]!) | 0;
    next = pieces.remove(r, next);
  }
}

/**
 * Compares a segment with what the queue would read in its place, each byte once: with the piece that begins before it
 * and those that begin within it. An earlier piece hidden by a shorter one is not compared.
 */
export function surveyLinuxQueue(store: Store, r: number, segment: Segment, survey: Survey): void {
  const { nodes } = store.pieces;
  let node = lastStartingBefore(store, r, segment.from);
  if (node === 0) node = store.rows[r + Direction.HEAD]!;
  let compared = segment.from;
  for (; node !== 0; node = nodes[node * Piece.INTS + Piece.NEXT]!) {
    const n = node * Piece.INTS;
    const start = nodes[n + Piece.START]!;
    if (((start - segment.end) | 0) >= 0 || ((compared - segment.end) | 0) >= 0) return;
    const from = ((start - compared) | 0) > 0 ? start : compared;
    const pieceEnd = nodes[n + Piece.END]!;
    const to = ((pieceEnd - segment.end) | 0) < 0 ? pieceEnd : segment.end;
    if (((to - from) | 0) <= 0) continue;
    survey.compare(pieceOffset(store, node) + ((from - start) | 0), segment, from, to, false);
    if (survey.differs) return;
    compared = to;
  }
}

function lastStartingBefore(store: Store, r: number, position: number): number {
  const { nodes } = store.pieces;
  let found = 0;
  for (let node = store.rows[r + Direction.ROOT]!; node !== 0; ) {
    const n = node * Piece.INTS;
    if (((nodes[n + Piece.START]! - position) | 0) <= 0) {
      found = node;
      node = nodes[n + Piece.RIGHT]!;
    } else {
      node = nodes[n + Piece.LEFT]!;
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
