/**
 * Inserts a segment into the pieces of its direction by the pairwise rule: a byte changes its owner only when the new
 * segment wins against the owner, both compared with their whole extents.
 *
 * The cost is one search and the number of overlapped pieces, which is at most the number of bytes.
 */
import * as Direction from './direction.js';
import { absorbWaiting, moveToBuffer, writeBuffer } from './in-order.js';
import * as Piece from './piece.js';
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

/** Inserts the part of [from, end) that wins. Reserve nodes (overlapped pieces + 2) and buffer space before. */
export function insertSegment(store: Store, r: number, segment: Segment): void {
  const { rows, pieces } = store;
  const { nodes } = pieces;
  const { start, end, from } = segment;
  const policy = rows[r + Direction.POLICY]!;
  let node = pieces.firstEndingBehind(r, from);
  // The piece before the bytes won so far, and where those begin.
  let before = node === 0 ? rows[r + Direction.TAIL]! : nodes[node * Piece.INTS + Piece.PREVIOUS]!;
  let wonFrom = from;
  let position = from;
  while (node !== 0) {
    const n = node * Piece.INTS;
    const pieceStart = nodes[n + Piece.START]!;
    if (((pieceStart - end) | 0) >= 0) break;
    const pieceEnd = nodes[n + Piece.END]!;
    const overlapStart = ((pieceStart - position) | 0) > 0 ? pieceStart : position;
    const overlapEnd = ((pieceEnd - end) | 0) < 0 ? pieceEnd : end;
    position = overlapEnd;
    if (newWins(policy, start, end, nodes[n + Piece.ORIGINAL_START]!, nodes[n + Piece.ORIGINAL_END]!)) {
      if (((pieceStart - overlapStart) | 0) < 0) before = node;
      node = cutPiece(store, r, node, overlapStart, overlapEnd);
    } else {
      if (((overlapStart - wonFrom) | 0) > 0)
        before = insertWon(store, r, segment, before, wonFrom, overlapStart);
      wonFrom = overlapEnd;
      // A segment that has to wait has no space in the buffer.
      if (segment.block < 0 && isNextInOrder(store, r, node)) {
        moveToBuffer(store, r, node);
        if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0) {
          node = pieces.remove(r, node);
          continue;
        }
      }
      before = node;
      node = nodes[n + Piece.NEXT]!;
    }
  }
  if (((end - wonFrom) | 0) > 0) insertWon(store, r, segment, before, wonFrom, end);
  absorbWaiting(store, r);
}

/** Whether a waiting piece begins where the contiguous data now ends. */
function isNextInOrder(store: Store, r: number, node: number): boolean {
  const { nodes } = store.pieces;
  const n = node * Piece.INTS;
  return nodes[n + Piece.BLOCK]! >= 0 && nodes[n + Piece.START] === store.rows[r + Direction.IN_ORDER];
}

/** Cuts [from, to) out of a piece. @returns the first piece that begins at or after `to` */
function cutPiece(store: Store, r: number, node: number, from: number, to: number): number {
  const { rows, pieces, memory } = store;
  const { nodes } = pieces;
  const n = node * Piece.INTS;
  const start = nodes[n + Piece.START]!;
  const end = nodes[n + Piece.END]!;
  const block = nodes[n + Piece.BLOCK]!;
  if (block >= 0) rows[r + Direction.WAITING_BYTES]! -= (to - from) | 0;
  if (start === from && end === to) {
    if (block >= 0) {
      memory.free(block);
      rows[r + Direction.WAITING_PIECES]!--;
    }
    return pieces.remove(r, node);
  }
  if (start === from) {
    nodes[n + Piece.START] = to;
    return node;
  }
  nodes[n + Piece.END] = from;
  if (end === to) return nodes[n + Piece.NEXT]!;
  const rest = pieces.insertAfter(r, node, to, end, block);
  copyOrigin(nodes, n, rest * Piece.INTS);
  if (block >= 0) {
    memory.retain(block);
    rows[r + Direction.WAITING_PIECES]!++;
  }
  return rest;
}

function copyOrigin(nodes: Int32Array, from: number, to: number): void {
  nodes[to + Piece.ORIGINAL_START] = nodes[from + Piece.ORIGINAL_START]!;
  nodes[to + Piece.ORIGINAL_END] = nodes[from + Piece.ORIGINAL_END]!;
  nodes[to + Piece.BLOCK_START] = nodes[from + Piece.BLOCK_START]!;
}

/**
 * Stores the bytes [from, to) of the segment after the piece `before`: in the buffer when the contiguous data reaches
 * them, else as a waiting piece. @returns the piece that is now the last one before `to`
 */
function insertWon(
  store: Store,
  r: number,
  segment: Segment,
  before: number,
  from: number,
  to: number,
): number {
  const { rows, pieces } = store;
  const inOrder = ((from - rows[r + Direction.IN_ORDER]!) | 0) <= 0;
  if (inOrder) {
    writeBuffer(store, r, from, segment.source + ((from - segment.start) | 0), (to - from) | 0);
    if ((rows[r + Direction.FLAGS]! & Direction.SETTLED) !== 0) return before;
  } else {
    store.memory.retain(segment.block);
    rows[r + Direction.WAITING_PIECES]!++;
    rows[r + Direction.WAITING_BYTES]! += (to - from) | 0;
  }
  const node = pieces.insertAfter(r, before, from, to, inOrder ? -1 : segment.block);
  const n = node * Piece.INTS;
  pieces.nodes[n + Piece.ORIGINAL_START] = segment.start;
  pieces.nodes[n + Piece.ORIGINAL_END] = segment.end;
  pieces.nodes[n + Piece.BLOCK_START] = segment.blockStart;
  return node;
}
