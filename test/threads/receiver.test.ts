/** Receiving live traffic: how much of a pool it uses. */
import { expect, it } from 'vitest';
import { Batch } from '../../engine/batch.js';
import { QUEUED_INTS, QUEUED_LENGTH, TALLY_BYTES } from '../../engine/native/queue.js';
import * as Packet from '../../engine/packet.js';
import { Receiver } from '../../engine/receive/receiver.js';
import type { PacketSource } from '../../engine/receive/source.js';
import { stubThread } from '../thread-stub.js';

/** As many packets of 60 bytes as requested. */
const flood: PacketSource = {
  linkType: 1,
  source: 0,
  receive(_bytes, _from, _to, packets, tally) {
    const count = packets.length / QUEUED_INTS;
    for (let i = 0; i < count; i++) packets[i * QUEUED_INTS + QUEUED_LENGTH] = 60;
    tally[TALLY_BYTES] = count * 64;
    return count;
  },
  admit: () => true,
};

it.each([
  [512, 256],
  [512, 4096],
  [1000, 1000],
  [8192, 1],
])('of a pool of %i packets, only some are received at once for batches of %i', (slots, batchSize) => {
  const thread = stubThread({ slots, config: { threading: { 'batch-size': batchSize } } });
  const receiver = new Receiver(thread, { sources: [flood], largest: 64, wait: () => true });
  const batch = new Batch();
  receiver.process(batch);
  expect(batch.length).toBeGreaterThan(0);
  expect(thread.field(batch.slots[0]!, Packet.LENGTH)).toBe(60);
  // Packets derived from them find free slots, too.
  expect(thread.pool.available).toBeGreaterThanOrEqual(slots / 4);
});
