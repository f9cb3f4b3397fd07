/** How a thread waits for packets of its queues: polling for a while after each, and blocking if none came. */
import { describe, expect, it } from 'vitest';
import type { Native } from '../../engine/native.js';
import type { QueueLink } from '../../modules/nfqueue/driver.js';
import { waitFor } from '../../modules/nfqueue/endpoints.js';

const LINKS: readonly QueueLink[] = [{ driver: 'netlink', socket: 7 } as QueueLink];

/** Replaces the addon: packets arrive at the waits given by `found`. */
function waits(busyMicroseconds: number, found: readonly boolean[]): number[] {
  const asked: number[] = [];
  const addon = {
    waitReadable: (_sockets: Uint32Array, _milliseconds: number, busy: number) => {
      asked.push(busy);
      return found[asked.length - 1] ? 0 : -1;
    },
  };
  const wait = waitFor(LINKS, addon as unknown as Native, busyMicroseconds);
  for (const expected of found) expect(wait(10)).toBe(expected);
  return asked;
}

describe('waiting for packets', () => {
  it('blocks at once by default', () => {
    expect(waits(0, [true, true, false, true])).toEqual([0, 0, 0, 0]);
  });

  it('polls for the given time after a packet, and blocks if none came', () => {
    expect(waits(200, [false, true, true, false, false, true, true])).toEqual([0, 0, 200, 200, 0, 0, 200]);
  });
});
