import { describe, expect, it } from 'vitest';
import * as Direction from '../../modules/stream/reassembly/direction.js';
import * as Piece from '../../modules/stream/reassembly/piece.js';
import { Pieces } from '../../modules/stream/reassembly/pieces.js';
import { StreamMemory } from '../../modules/stream/reassembly/stream-memory.js';
import { randomFractions } from '../pseudo-random.js';

const ROWS = new Int32Array(Direction.INTS);

/** Depth in black nodes. @throws Error unless the tree is a red-black tree ordered by START */
function blackDepth(pieces: Pieces, node: number, parent: number): number {
  if (node === 0) return 1;
  const field = (of: number, index: number) => pieces.nodes[of * Piece.INTS + index]!;
  const [left, right] = [field(node, Piece.LEFT), field(node, Piece.RIGHT)];
  if (field(node, Piece.PARENT) !== parent) throw new Error('a node does not know its parent');
  if (field(node, Piece.COLOR) === 1 && parent !== 0 && field(parent, Piece.COLOR) === 1)
    throw new Error('two reds');
  if (left !== 0 && field(left, Piece.START) >= field(node, Piece.START))
    throw new Error('left is not smaller');
  if (right !== 0 && field(right, Piece.START) <= field(node, Piece.START))
    throw new Error('right is not larger');
  const depth = blackDepth(pieces, left, node);
  if (blackDepth(pieces, right, node) !== depth) throw new Error('black depths differ');
  return depth + (field(node, Piece.COLOR) === 1 ? 0 : 1);
}

function starts(pieces: Pieces): number[] {
  const list: number[] = [];
  for (let node = ROWS[Direction.HEAD]!; node !== 0; node = pieces.nodes[node * Piece.INTS + Piece.NEXT]!) {
    list.push(pieces.nodes[node * Piece.INTS + Piece.START]!);
  }
  return list;
}

describe('pieces', () => {
  it('are an ordered, balanced tree and list after any additions and removals', () => {
    const random = randomFractions(3);
    const memory = new StreamMemory({ first: 0, byteLength: 1 << 20 }, 1 << 20);
    const pieces = new Pieces(ROWS, memory, 4);
    const present = new Set<number>();
    for (let round = 0; round < 4000; round++) {
      const start = Math.floor(random() * 500) * 2;
      const node = pieces.firstEndingBehind(0, start);
      if (present.has(start)) {
        expect(pieces.nodes[node * Piece.INTS + Piece.START]).toBe(start);
        pieces.remove(0, node);
        present.delete(start);
      } else {
        expect(pieces.reserve(1)).toBe(true);
        const previous =
          node === 0 ? ROWS[Direction.TAIL]! : pieces.nodes[node * Piece.INTS + Piece.PREVIOUS]!;
        pieces.insertAfter(0, previous, start, start + 2, -1);
        present.add(start);
      }
      blackDepth(pieces, ROWS[Direction.ROOT]!, 0);
      if (round % 50 === 0) expect(starts(pieces)).toEqual([...present].sort((a, b) => a - b));
    }
    expect(pieces.used).toBe(present.size);
    pieces.clear(0);
    expect(memory.used).toBe(0);
  });

  it('count towards the memcap', () => {
    const pieces = new Pieces(ROWS, new StreamMemory({ first: 0, byteLength: 1 << 20 }, 640), 0);
    for (let i = 0; i < 10; i++) {
      expect(pieces.reserve(1)).toBe(true);
      pieces.insertAfter(0, ROWS[Direction.TAIL]!, i, i + 1, -1);
    }
    expect(pieces.reserve(1)).toBe(false);
    pieces.clear(0);
  });
});
