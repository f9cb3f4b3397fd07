import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { allocateSpace, openBulk } from '../../engine/memory/bulk.js';
import { allocateMemory, openMemory } from '../../engine/memory.js';

test('memory has the size it was asked for', () => {
  const memory = openMemory(allocateMemory(1, 100_001));
  expect(memory.bytes.length).toBe(100_001);
  expect(memory.view.byteLength).toBe(100_001);
});

test.each([
  ['apart', 0, 2000, 1460],
  ['forwards over itself', 1001, 1000, 700],
  ['backwards over itself', 1000, 1001, 700],
  ['nothing', 5, 9, 0],
])('copies %s as copyWithin does', (_, to, from, length) => {
  const { bytes, copy } = openMemory(allocateMemory(1, 4096));
  for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7;
  const expected = Uint8Array.from(bytes).copyWithin(to, from, from + length);
  copy(to, from, length);
  expect(Buffer.compare(bytes, expected)).toBe(0);
});

test('beyond the end it throws', () => {
  const space = allocateSpace(65536);
  expect(() => openBulk(space).copy(0, 65536, 1)).toThrow('out of bounds');
  expect(() => openBulk(space).sumOfWords(65530, 7)).toThrow('out of bounds');
});

test('another thread sees the same bytes', async () => {
  const space = allocateSpace(64);
  const worker = new Worker(
    "const { workerData } = require('node:worker_threads'); new Uint8Array(workerData.buffer)[9] = 42;",
    { eval: true, workerData: space },
  );
  await new Promise(resolve => worker.on('exit', resolve));
  expect(new Uint8Array(space.buffer)[9]).toBe(42);
});
