import { describe, expect, it } from 'vitest';
import * as Chunk from '../../modules/stream/reassembly/chunk.js';
import { ChunkTree } from '../../modules/stream/reassembly/chunk-tree.js';
import * as Direction from '../../modules/stream/reassembly/direction.js';
import { StreamMemory } from '../../modules/stream/reassembly/stream-memory.js';
import { randomFractions } from '../pseudo-random.js';

const ROWS = new Int32Array(Direction.INTS);

/** Depth in black nodes. @throws Error unless the tree is a red-black tree ordered by START */
function blackDepth(chunks: ChunkTree, node: number, parent: number): number {
  if (node === 0) return 1;
  const field = (of: number, index: number) => chunks.nodes[of * Chunk.INTS + index]!;
  const [left, right] = [field(node, Chunk.LEFT), field(node, Chunk.RIGHT)];
  if (field(node, Chunk.PARENT) !== parent) throw new Error('a node does not know its parent');
  if (field(node, Chunk.COLOR) === 1 && parent !== 0 && field(parent, Chunk.COLOR) === 1)
    throw new Error('two reds');
  if (left !== 0 && field(left, Chunk.START) >= field(node, Chunk.START))
    throw new Error('left is not smaller');
  if (right !== 0 && field(right, Chunk.START) <= field(node, Chunk.START))
    throw new Error('right is not larger');
  const depth = blackDepth(chunks, left, node);
  if (blackDepth(chunks, right, node) !== depth) throw new Error('black depths differ');
  return depth + (field(node, Chunk.COLOR) === 1 ? 0 : 1);
}

function starts(chunks: ChunkTree): number[] {
  const list: number[] = [];
  for (let node = ROWS[Direction.HEAD]!; node !== 0; node = chunks.nodes[node * Chunk.INTS + Chunk.NEXT]!) {
    list.push(chunks.nodes[node * Chunk.INTS + Chunk.START]!);
  }
  return list;
}

describe('chunks', () => {
  it('are an ordered, balanced tree and list after any additions and removals', () => {
    const random = randomFractions(3);
    const memory = new StreamMemory({ first: 0, byteLength: 1 << 20 }, 1 << 20);
    const chunks = new ChunkTree(ROWS, memory, 4);
    const present = new Set<number>();
    for (let round = 0; round < 4000; round++) {
      const start = Math.floor(random() * 500) * 2;
      const node = chunks.firstEndingAfter(0, start);
      if (present.has(start)) {
        expect(chunks.nodes[node * Chunk.INTS + Chunk.START]).toBe(start);
        chunks.remove(0, node);
        present.delete(start);
      } else {
        expect(chunks.reserve(1)).toBe(true);
        const previous =
          node === 0 ? ROWS[Direction.TAIL]! : chunks.nodes[node * Chunk.INTS + Chunk.PREVIOUS]!;
        chunks.insertAfter(0, previous, start, start + 2, -1);
        present.add(start);
      }
      blackDepth(chunks, ROWS[Direction.ROOT]!, 0);
      if (round % 50 === 0) expect(starts(chunks)).toEqual([...present].sort((a, b) => a - b));
    }
    expect(chunks.used).toBe(present.size);
    chunks.clear(0);
    expect(memory.used).toBe(0);
  });

  it('count towards the memcap', () => {
    const chunks = new ChunkTree(ROWS, new StreamMemory({ first: 0, byteLength: 1 << 20 }, 640), 0);
    for (let i = 0; i < 10; i++) {
      expect(chunks.reserve(1)).toBe(true);
      chunks.insertAfter(0, ROWS[Direction.TAIL]!, i, i + 1, -1);
    }
    expect(chunks.reserve(1)).toBe(false);
    chunks.clear(0);
  });
});
