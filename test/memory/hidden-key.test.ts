import { expect, it } from 'vitest';
import { hiddenKey, hiddenPosition } from '../../engine/memory/hidden-key.js';

/** How V8 hashes a whole number in a Map: Wang's hash of 32 bits, without a seed. */
function hashOfNumber(key: number): number {
  let hash = (~key + (key << 15)) >>> 0;
  hash = (hash ^ (hash >>> 12)) >>> 0;
  hash = (hash + (hash << 2)) >>> 0;
  hash = (hash ^ (hash >>> 4)) >>> 0;
  hash = Math.imul(hash, 2057) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

const BUCKETS = 1024;

/** The longest list in a Map of so many buckets. */
function longestChain(keys: readonly number[]): number {
  const lengths = new Uint16Array(BUCKETS);
  for (const key of keys) lengths[hashOfNumber(key) & (BUCKETS - 1)]!++;
  return Math.max(...lengths);
}

it('numbers that were chosen to collide are spread', () => {
  const chosen: number[] = [];
  for (let key = 0; chosen.length < 2 * BUCKETS; key++)
    if ((hashOfNumber(key) & (BUCKETS - 1)) === 7) chosen.push(key);
  expect(longestChain(chosen)).toBe(2 * BUCKETS);
  expect(longestChain(chosen.map(hiddenKey) as number[])).toBeLessThan(40);
  expect(longestChain(chosen.map(hiddenPosition))).toBeLessThan(40);
});

it('different keys stay different, and text is itself', () => {
  expect(hiddenKey(5)).toBe(hiddenKey(5));
  expect(new Set([0, 1, 0x7fffffff, 0x80000000, 0xffffffff].map(hiddenKey)).size).toBe(5);
  expect(hiddenKey('5')).toBe('5');
  expect(hiddenPosition(2 ** 52 + 1)).toBe(hiddenPosition(2 ** 52) + 1);
});
