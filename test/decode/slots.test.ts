import { expect, it } from 'vitest';
import { takeBytes } from '../../modules/decode/slots.js';

/** A thread whose pool gets back this many blocks, one per wait. */
function decoding(comingHome: number) {
  let free = 0;
  let left = comingHome;
  const pool = {
    available: 1,
    range: { blockSize: 2048 },
    allocate: (_slot: number, length: number) => (free > 1 && length <= 2048 ? 64 : -1),
  };
  const waitForReturns = (): boolean => {
    if (left === 0) return false;
    left--;
    free++;
    return true;
  };
  return { thread: { pool, waitForReturns }, batch: undefined } as never;
}

it('waits for blocks in use by later threads before a reassembled datagram is given up', () => {
  expect(takeBytes(decoding(2), 0, 1000)).toBe(64);
  expect(takeBytes(decoding(1), 0, 1000)).toBe(-1);
  expect(takeBytes(decoding(9), 0, 4000)).toBe(-1);
});
