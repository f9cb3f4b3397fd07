import { expect, it } from 'vitest';
import { allocateExpectations, Expectations } from '../../engine/application/expectations.js';
import { allocateSharedTable, SharedNumbers, tablePlan } from '../../engine/detection/shared-table.js';
import { lock, unlock } from '../../engine/memory/shared-lock.js';
import { DatasetControl } from '../../signatures/state/dataset-control.js';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';

const words = () => new Int32Array(new SharedArrayBuffer(8));

const isHeld = (ints: Int32Array) => (ints[0]! & 1) === 1;

it('the lock is free again after it was released', () => {
  const ints = words();
  for (let i = 0; i < 3; i++) {
    const held = lock(ints, 0);
    expect(isHeld(ints)).toBe(true);
    unlock(ints, 0, held);
    expect(isHeld(ints)).toBe(false);
  }
  expect(ints[1]).toBe(0);
});

it('the lock is taken over from threads that ended holding it', () => {
  const ints = words();
  const lost = [lock(ints, 0), lock(ints, 0, 2)];
  const held = lock(ints, 0, 2);
  for (const each of lost) unlock(ints, 0, each);
  expect(isHeld(ints), 'a thread that lost the lock cannot release it').toBe(true);
  unlock(ints, 0, held);
  expect(isHeld(ints)).toBe(false);
});

it('the lock still works after its counter wrapped around', () => {
  const shared = words();
  shared[0] = 2 ** 31 - 2;
  for (let i = 0; i < 3; i++) unlock(shared, 0, lock(shared, 0));
  expect(shared[0]).toBe(-(2 ** 31) + 4);
});

const plan = tablePlan('a', { numbers: 1, entries: 4, seconds: 60 });
const ADDRESS = Uint8Array.of(192, 0, 2, 1);
const USERS: readonly [string, SharedArrayBuffer, (memory: SharedArrayBuffer) => unknown, unknown][] = [
  [
    'the table of thresholds',
    allocateTable(512),
    memory => new SharedTable(memory).with(1, true, (ints, value) => ++ints[value]!),
    1,
  ],
  [
    'a table of detections',
    allocateSharedTable(plan),
    memory => new SharedNumbers(memory, plan).update('key', 1, values => ++values[0]!),
    1,
  ],
  [
    'expected connections',
    allocateExpectations(),
    memory => new Expectations(memory).add(ADDRESS, ADDRESS, 20, 1, { protocol: 1, detail: 0 }),
    true,
  ],
];

it.each(USERS)('%s: continues after a thread that ended while holding the lock', (_, memory, use, result) => {
  lock(new Int32Array(memory), 0);
  expect(use(memory)).toBe(result);
});

it('lists of values are changed by one thread after the other, also after an error', () => {
  const control = new DatasetControl();
  const order: string[] = [];
  control.exclusively(() => order.push('first'));
  expect(() => control.exclusively(() => expect.fail('not written'))).toThrow('not written');
  control.exclusively(() => order.push('second'));
  expect(order).toEqual(['first', 'second']);
});

it('looking up a flow that is not expected takes no lock', () => {
  const memory = allocateExpectations();
  const expectations = new Expectations(memory);
  expectations.add(ADDRESS, ADDRESS, 20, 1, { protocol: 1, detail: 0 });
  const words = new Int32Array(memory);
  lock(words, 0);
  const held = words[0];
  expect(expectations.take(ADDRESS, ADDRESS, 21, 1)).toBeUndefined();
  expect(expectations.take(ADDRESS, Uint8Array.of(192, 0, 2, 9), 20, 1)).toBeUndefined();
  expect(words[0]).toBe(held);
});
