/** Many streams at once stay within the memcap, and all memory is released. */
import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import * as Packet from '../../engine/packet.js';
import { BSD, FIRST, LINUX_6 } from '../../modules/stream/reassembly/policy.js';
import { Reassembler } from '../../modules/stream/reassembly/reassembler.js';
import { stubThread } from '../thread-stub.js';

const STREAMS = 100_000;
const MIB = 2 ** 20;

it.each([
  { policy: BSD, length: 100, cap: 24 * MIB, lost: false },
  { policy: FIRST, length: 1000, cap: 24 * MIB, lost: true },
  { policy: LINUX_6, length: 100, cap: 24 * MIB, lost: false },
])('100,000 streams, each with a gap before $length bytes', ({ policy, length, cap, lost }) => {
  const config = { stream: { reassembly: { memcap: cap } } };
  const thread = stubThread({ slots: 8, flows: STREAMS, streamBytes: 32 * MIB, config });
  const reassembler = new Reassembler(thread);
  const slot = thread.pool.take();
  const offset = thread.pool.allocate(slot, length);
  thread.memory.row[slot * Packet.INTS + Packet.L4] = offset;
  const batch = new Batch();
  for (let flow = 0; flow < STREAMS; flow++) {
    reassembler.open(flow, true, 0, policy, false);
    reassembler.segment(batch, slot, flow, true, 50, offset, length);
  }
  expect(reassembler.bytesHeld).toBeLessThanOrEqual(cap);
  expect(thread.counters.read('tcp.segment_memcap_drop') > 0).toBe(lost);
  for (let flow = 0; flow < STREAMS; flow++) reassembler.free(flow);
  reassembler.beginBatch();
  expect(reassembler.bytesHeld).toBe(0);
  expect(reassembler.bytesReleased).toBe(reassembler.bytesAllocated);
});
