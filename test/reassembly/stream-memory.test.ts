import { describe, expect, it } from 'vitest';
import { StreamMemory } from '../../modules/stream/reassembly/stream-memory.js';
import { randomFractions } from '../pseudo-random.js';

const KIB = 1024;

function memory(byteLength: number, limit = byteLength): StreamMemory {
  return new StreamMemory({ first: 1000, byteLength }, limit);
}

describe('stream memory', () => {
  it('allocates blocks within its range that do not overlap', () => {
    const stream = memory(64 * KIB);
    const blocks: [number, number][] = [];
    for (const length of [1, 64, 65, 1000, 1460, 4096, 5000, 100]) {
      const block = stream.take(length);
      expect(stream.size(block)).toBeGreaterThanOrEqual(length);
      blocks.push([stream.offset(block), stream.offset(block) + stream.size(block)]);
    }
    blocks.sort((a, b) => a[0] - b[0]);
    expect(blocks[0]![0]).toBeGreaterThanOrEqual(1000);
    expect(blocks.at(-1)![1]).toBeLessThanOrEqual(1000 + 64 * KIB);
    for (let i = 1; i < blocks.length; i++) expect(blocks[i]![0]).toBeGreaterThanOrEqual(blocks[i - 1]![1]);
  });

  it('rejects what exceeds the limit or the range', () => {
    const stream = memory(64 * KIB, 8 * KIB);
    expect(stream.take(9 * KIB)).toBe(-1);
    expect(stream.take(8 * KIB)).toBeGreaterThanOrEqual(0);
    expect(stream.take(1)).toBe(-1);
    expect(memory(KIB).take(64 * KIB)).toBe(-1);
    expect(memory(0).take(1)).toBe(-1);
  });

  it('keeps released blocks until the next batch, and frees unused blocks at once', () => {
    const stream = memory(4 * KIB + 64);
    const block = stream.take(4 * KIB);
    stream.release(block);
    expect(stream.take(4 * KIB)).toBe(-1);
    stream.beginBatch();
    const again = stream.take(4 * KIB);
    expect(again).toBe(block);
    stream.free(again);
    expect(stream.take(4 * KIB)).toBe(block);
  });

  it('frees a block when its last holder releases it', () => {
    const stream = memory(KIB);
    const block = stream.take(100);
    stream.retain(block);
    stream.free(block);
    expect(stream.used).toBe(128);
    stream.free(block);
    expect(stream.used).toBe(0);
  });

  it('merges small blocks into large ones again', () => {
    const stream = memory(64 * KIB + 64);
    const blocks: number[] = [];
    for (let block = stream.take(1); block >= 0; block = stream.take(1)) blocks.push(block);
    expect(blocks.length).toBeGreaterThanOrEqual(1024);
    for (const block of blocks) stream.free(block);
    expect(stream.take(64 * KIB)).toBeGreaterThanOrEqual(0);
  });

  it('never allocates the same byte twice, whatever is allocated and freed', () => {
    const random = randomFractions(7);
    const stream = memory(256 * KIB + 192);
    const owner = new Int32Array(300 * KIB);
    const held: { block: number; mark: number }[] = [];
    for (let mark = 1; mark < 20_000; mark++) {
      if (held.length > 0 && random() < 0.5) {
        const { block, mark: old } = held.splice(Math.floor(random() * held.length), 1)[0]!;
        const area = owner.subarray(stream.offset(block), stream.offset(block) + stream.size(block));
        expect(area.every(value => value === old)).toBe(true);
        stream.free(block);
        continue;
      }
      const block = stream.take(1 + Math.floor(random() ** 4 * 20_000));
      if (block < 0) continue;
      owner.fill(mark, stream.offset(block), stream.offset(block) + stream.size(block));
      held.push({ block, mark });
    }
    for (const { block } of held) stream.free(block);
    expect(stream.used).toBe(0);
    expect(stream.allocatedTotal).toBe(stream.releasedTotal);
    expect(stream.take(256 * KIB)).toBeGreaterThanOrEqual(0);
  });
});
