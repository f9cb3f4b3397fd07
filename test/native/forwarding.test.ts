/** Forwarding from one device to the other. */
import { expect, it } from 'vitest';
import type { Native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import { Forwarding } from '../../modules/af-packet/forward.js';
import type { OpenDevice } from '../../modules/af-packet/open.js';
import { stubThread } from '../thread-stub.js';

it('truncated frames are counted, not forwarded', () => {
  const thread = stubThread();
  const lengths: number[] = [];
  const sendFrames: Native['sendFrames'] = (_socket, _bytes, frames, count) => {
    for (let i = 0; i < count; i++) lengths.push(frames[i * 2 + 1]!);
    return count;
  };
  const settings = { name: 'eth0', copyMode: 'ips' };
  const device = { settings, sockets: [0], copyTo: 0 } as unknown as OpenDevice;
  const forwarding = new Forwarding(thread, { sendFrames } as Native, [device]);
  for (const [length, wireLength] of [
    [1514, 1514],
    [65_600, 70_000],
    [60, 60],
    [96, 97],
  ] as const) {
    const slot = thread.pool.take();
    const p = slot * Packet.INTS;
    thread.memory.row[p + Packet.LENGTH] = length;
    thread.memory.row[p + Packet.WIRE_LENGTH] = wireLength;
    forwarding.deliver(slot, Packet.VERDICT_PASS);
  }
  forwarding.flush();
  expect(lengths).toEqual([1514, 60]);
  expect(thread.counters.read('af_packet.not_forwarded_cut')).toBe(2);
  expect(thread.counters.read('af_packet.forwarded')).toBe(2);
  expect(thread.warnings.length).toBe(1);
});
