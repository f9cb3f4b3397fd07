import { expect, it } from 'vitest';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';

const NOW = 1_800_000_000;
const touched = () => 1;

/** An entry in a table of one bucket, good for so many seconds. */
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

it.each([0, 60, 999_999_999, 2 ** 32 - 1])('an entry for %d seconds is there until then', seconds => {
  const table = new SharedTable(allocateTable(512));
  entry(table, 1, seconds);
  expect(isThere(table, 1, NOW + Math.min(seconds, 100))).toBe(true);
  if (seconds < 100) expect(isThere(table, 1, NOW + seconds + 1)).toBe(false);
});

it('in a full bucket the entry that ends first gives way', () => {
  let evicted = 0;
  const table = new SharedTable(allocateTable(512), () => evicted++);
  for (let key = 1; key <= 8; key++) entry(table, key, key === 3 ? 1 : 2 ** 31);
  expect(evicted).toBe(1);
  expect([1, 2, 3, 4, 8].map(key => isThere(table, key, NOW))).toEqual([true, true, false, true, true]);
});
