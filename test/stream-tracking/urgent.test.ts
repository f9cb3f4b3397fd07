import { expect, it } from 'vitest';
import { UrgentBytes } from '../../modules/stream/tracking/urgent.js';

const DIRECTION = 16;
const GIB = 2 ** 30;

it('urgent bytes of a direction are counted, in any order', () => {
  const urgent = new UrgentBytes();
  for (const seq of [20, 10, 20]) urgent.add(DIRECTION, seq);
  expect([5, 11, 21].map(seq => urgent.before(DIRECTION, seq))).toEqual([0, 1, 2]);
  expect([5, 10, 11, 21].map(seq => urgent.next(DIRECTION, seq))).toEqual([10, 10, 20, undefined]);
  expect([urgent.has(DIRECTION), urgent.has(0)]).toEqual([true, false]);
  urgent.forget(DIRECTION);
  expect([urgent.has(DIRECTION), urgent.before(DIRECTION, 30)]).toEqual([false, 0]);
});

it.each([0, 2 ** 31 - 5, 2 ** 32 - 5])(
  'urgent bytes are counted however much data follows, from sequence number %i on',
  isn => {
    const urgent = new UrgentBytes();
    const at = (offset: number) => (isn + offset) | 0;
    urgent.add(DIRECTION, at(10));
    for (let offset = 0; offset <= 8 * GIB; offset += GIB / 4) {
      if (offset === 5 * GIB) urgent.add(DIRECTION, at(offset + 100));
      const taken = (offset > 10 ? 1 : 0) + (offset > 5 * GIB ? 1 : 0);
      expect({ offset, taken: urgent.before(DIRECTION, at(offset)) }).toEqual({ offset, taken });
      if (offset > 6 * GIB) expect(urgent.next(DIRECTION, at(offset))).toBeUndefined();
    }
  },
);

it('at most 64 KiB of urgent bytes are left out of a direction, including those far back', () => {
  const urgent = new UrgentBytes();
  for (let i = 0; i < 65_535; i++) urgent.add(DIRECTION, i);
  urgent.before(DIRECTION, 3 * (GIB / 2));
  expect(urgent.isFull(DIRECTION)).toBe(false);
  urgent.add(DIRECTION, 3 * (GIB / 2));
  expect(urgent.isFull(DIRECTION)).toBe(true);
});
