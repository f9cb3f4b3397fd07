import { expect, test } from 'vitest';
import {
  allocateSharedTable,
  SharedNumbers,
  sharedTable,
  tablePlan,
} from '../../engine/detection/shared-table.js';

test.each([1_700_000_000, 2 ** 31 - 10, 2 ** 31 + 10, 2 ** 32 - 400])(
  'an entry is kept for its lifetime: at second %i',
  now => {
    const table = sharedTable('tries', { numbers: 1, entries: 4, seconds: 300 });
    const count = (key: string, at: number) => table.update(key, at, values => ++values[0]!);
    expect([count('a', now), count('a', now + 100), count('b', now)]).toEqual([1, 2, 1]);
    expect([table.get('b', now + 300)?.[0], table.get('b', now + 301)?.[0]]).toEqual([1, undefined]);
    expect(table.get('a', now + 350)?.[0]).toBe(2);
  },
);

test('which texts share a slot is random, and the same for all threads of the table', () => {
  const plan = tablePlan('tries', { numbers: 1, entries: 256, seconds: 60 });
  const survivors = (memory: SharedArrayBuffer) => {
    const [writer, reader] = [new SharedNumbers(memory, plan), new SharedNumbers(memory, plan)];
    const keys = Array.from({ length: 1000 }, (_, i) => `192.0.2.${i}`);
    for (const key of keys) writer.update(key, 1, values => ++values[0]!);
    return keys.filter(key => reader.get(key, 1) !== undefined);
  };
  expect(survivors(allocateSharedTable(plan, 1))).toEqual(survivors(allocateSharedTable(plan, 1)));
  expect(survivors(allocateSharedTable(plan, 1))).not.toEqual(survivors(allocateSharedTable(plan, 2)));
  expect(survivors(allocateSharedTable(plan))).not.toEqual(survivors(allocateSharedTable(plan)));
});
