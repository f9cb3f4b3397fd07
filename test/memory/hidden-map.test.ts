import { expect, it } from 'vitest';
import { HiddenMap, hiddenKey } from '../../engine/memory/hidden-map.js';

/** V8's hash of an integer in a Map: Wang's hash of 32 bits, without a seed. */
function hashOfNumber(key: number): number {
  let hash = (~key + (key << 15)) >>> 0;
  hash = (hash ^ (hash >>> 12)) >>> 0;
  hash = (hash + (hash << 2)) >>> 0;
  hash = (hash ^ (hash >>> 4)) >>> 0;
  hash = Math.imul(hash, 2057) >>> 0;
  return (hash ^ (hash >>> 16)) >>> 0;
}

const BUCKETS = 1024;

/** The longest chain in a Map with this many buckets. */
function longestChain(keys: readonly number[]): number {
  const lengths = new Uint16Array(BUCKETS);
  for (const key of keys) lengths[hashOfNumber(key) & (BUCKETS - 1)]!++;
  return Math.max(...lengths);
}

it('numbers chosen to collide are spread', () => {
  const chosen: number[] = [];
  for (let key = 0; chosen.length < 2 * BUCKETS; key++)
    if ((hashOfNumber(key) & (BUCKETS - 1)) === 7) chosen.push(key);
  expect(longestChain(chosen)).toBe(2 * BUCKETS);
  expect(longestChain(chosen.map(hiddenKey) as number[])).toBeLessThan(40);
});

it('different numbers have different keys, and a text is its own key', () => {
  const keys = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 32, 2 ** 52, 2 ** 52 + 1];
  expect(hiddenKey(5)).toBe(hiddenKey(5));
  expect(new Set(keys.map(hiddenKey)).size).toBe(keys.length);
  expect(hiddenKey('5')).toBe('5');
});

it('entries are found by key and removed from the oldest on', () => {
  const map = new HiddenMap<number, string>();
  for (const key of [3, 1, 2 ** 40, 2]) map.set(key, `value ${key}`);
  expect(map.get(2 ** 40)).toBe('value 1099511627776');
  expect(map.get(4)).toBeUndefined();
  expect(map.takeOldest()).toBe('value 3');
  map.deleteOldestWhile(value => value === 'value 1' || value === 'value 2');
  expect([...map.values()]).toEqual(['value 1099511627776', 'value 2']);
  map.deleteIf(value => value === 'value 2');
  expect(map.take(2)).toBeUndefined();
  expect(map.take(2 ** 40)).toBe('value 1099511627776');
  expect(map.size).toBe(0);
});
