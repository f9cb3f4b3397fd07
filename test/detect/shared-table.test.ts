import { expect, it } from 'vitest';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';

const NOW = 1_800_000_000;
const touched = () => 1;

/** An entry in a table of one bucket, valid for this many seconds. */
function entry(table: SharedTable, key: number, seconds: number): void {
  table.key[0] = key;
  table.with(NOW, true, (_, value) => {
    table.keepUntil(value, NOW + seconds);
    return 1;
  });
}

function isThere(table: SharedTable, key: number, now: number): boolean {
  table.key[0] = key;
  return table.with(now, false, touched) === 1;
}

it.each([0, 60, 999_999_999, 2 ** 32 - 1])(
  'an entry with a lifetime of %d seconds is found until it expires',
  seconds => {
    const table = new SharedTable(allocateTable(512));
    entry(table, 1, seconds);
    expect(isThere(table, 1, NOW + Math.min(seconds, 100))).toBe(true);
    if (seconds < 100) expect(isThere(table, 1, NOW + seconds + 1)).toBe(false);
  },
);

it('in a full bucket, the entry that expires first is replaced', () => {
  let evicted = 0;
  const table = new SharedTable(allocateTable(512), () => evicted++);
  for (let key = 1; key <= 8; key++) entry(table, key, key === 3 ? 1 : 2 ** 31);
  expect(evicted).toBe(1);
  expect([1, 2, 3, 4, 8].map(key => isThere(table, key, NOW))).toEqual([true, true, false, true, true]);
});

/** Keys still found in a table of 64 buckets after 1,000 others were added: it shows which ones share a bucket. */
function survivors(memory: SharedArrayBuffer): number[] {
  const table = new SharedTable(memory);
  const keys = Array.from({ length: 1000 }, (_, i) => i);
  for (const key of keys) entry(table, key, 60);
  return keys.filter(key => isThere(table, key, NOW));
}

it('which keys share a bucket is random, and the same for all threads of the table', () => {
  const size = 64 * 512;
  expect(survivors(allocateTable(size, 1))).toEqual(survivors(allocateTable(size, 1)));
  expect(survivors(allocateTable(size, 1))).not.toEqual(survivors(allocateTable(size, 2)));
  expect(survivors(allocateTable(size))).not.toEqual(survivors(allocateTable(size)));
});

it('keys whose words compensate each other are spread like others', () => {
  let evicted = 0;
  const table = new SharedTable(allocateTable(64 * 512, 1), () => evicted++);
  // Differences that survived a multiplication and were cancelled by the next word.
  for (let i = 0; i < 64; i++) {
    table.key.fill(0);
    for (let bit = 0; bit < 6; bit++)
      [2 ** 31, 2 ** 31, 2 ** 16, 2].forEach((flip, word) => {
        if ((i >> bit) & 1) table.key[word + bit] ^= flip;
      });
    table.with(NOW, true, touched);
  }
  expect(evicted).toBe(0);
});
