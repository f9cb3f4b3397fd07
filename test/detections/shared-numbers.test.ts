import { expect, test } from 'vitest';
import { sharedTable } from '../../engine/detection/shared-table.js';

test.each([1_700_000_000, 2 ** 31 - 10, 2 ** 31 + 10, 2 ** 32 - 400])(
  'an entry stays as long as was said: at second %i',
  now => {
    const table = sharedTable('tries', { numbers: 1, entries: 4, seconds: 300 });
    const count = (key: string, at: number) => table.update(key, at, values => ++values[0]!);
    expect([count('a', now), count('a', now + 100), count('b', now)]).toEqual([1, 2, 1]);
    expect([table.get('b', now + 300)?.[0], table.get('b', now + 301)?.[0]]).toEqual([1, undefined]);
    expect(table.get('a', now + 350)?.[0]).toBe(2);
  },
);
