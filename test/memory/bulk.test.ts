import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { allocateSpace, bufferOf, openBulk } from '../../engine/memory/space.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';

test('memory has the requested size', () => {
  const memory = openMemory(allocateMemory(1, 2 ** 24 + 1));
  expect(memory.bytes.length).toBe(2 ** 24 + 1);
  expect(memory.view.byteLength).toBe(2 ** 24 + 1);
});

const kinds: [string, number][] = [
  ['WebAssembly', 0],
  ['plain', Number.POSITIVE_INFINITY],
];

describe.each(kinds)('%s memory', (_, worth) => {
  const space = allocateSpace(65536, worth);
  const bytes = new Uint8Array(bufferOf(space));
  const { copy, sumOfWords } = openBulk(space);

  test.each([
    ['apart', 0, 2000, 1460],
    ['forwards onto itself', 1001, 1000, 700],
    ['backwards onto itself', 1000, 1001, 700],
    ['nothing', 5, 9, 0],
  ])('copies %s like copyWithin', (_, to, from, length) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7;
    const expected = Uint8Array.from(bytes).copyWithin(to, from, from + length);
    copy(to, from, length);
    expect(Buffer.compare(bytes, expected)).toBe(0);
  });

  test('sums words at any offset and of any length', () => {
    for (let i = 0; i < 256; i++) bytes[i] = i * 31;
    for (let offset = 0; offset < 17; offset++) {
      for (let length = 0; length < 70; length++) {
        let expected = 0;
        for (let i = 0; i < length; i++) expected += bytes[offset + i]! << (i & 1 ? 8 : 0);
        expect(sumOfWords(offset, length)).toBe(expected);
      }
    }
  });

  test('another thread sees the same bytes', async () => {
    const code = `const { workerData: { space } } = require('node:worker_threads');
      new Uint8Array(space.buffer ?? space)[9] = 42;`;
    const worker = new Worker(code, { eval: true, workerData: { space } });
    await new Promise(resolve => worker.on('exit', resolve));
    expect(bytes[9]).toBe(42);
  });
});

test('access beyond the end of the memory throws', () => {
  const { copy, sumOfWords } = openBulk(allocateSpace(65536, 0));
  expect(() => copy(0, 65536, 1)).toThrow('out of bounds');
  expect(() => sumOfWords(65530, 7)).toThrow('out of bounds');
});
