import { expect, it } from 'vitest';
import { GrowingBytes } from '../../engine/application/growing-bytes.js';

it('appending does not change the adopted bytes or earlier views', () => {
  const given = Uint8Array.of(1, 2, 3, 4).subarray(0, 2);
  const bytes = new GrowingBytes();
  bytes.adopt(given);
  const before = bytes.view();
  bytes.append(Uint8Array.of(9, 8), 1);
  bytes.append(Uint8Array.of(7));
  expect([...bytes.view()]).toEqual([1, 2, 8, 7]);
  expect([...bytes.view(2)]).toEqual([1, 2]);
  expect([...new Uint8Array(given.buffer)]).toEqual([1, 2, 3, 4]);
  expect([...before]).toEqual([1, 2]);
});
