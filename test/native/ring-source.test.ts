/** What a ring tells of a packet beside its bytes. */
import { expect, it } from 'vitest';
import * as Queue from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import type { OpenDevice } from '../../modules/af-packet/open.js';
import { RingSource } from '../../modules/af-packet/source.js';
import { stubThread } from '../thread-stub.js';

function admitted(length: number, wireLength: number): string[] {
  const thread = stubThread();
  const settings = { blockSize: 4096, blocks: 1, filter: '', verifiesChecksums: true };
  const device = { settings, linkType: 1 } as OpenDevice;
  const source = new RingSource(thread, { mapRing: () => ({}) } as unknown as Native, device, 0, 0);
  const slot = thread.pool.take();
  const p = slot * Packet.INTS;
  thread.memory.row[p + Packet.LENGTH] = length;
  thread.memory.row[p + Packet.WIRE_LENGTH] = wireLength;
  expect(source.admit(slot, new Uint32Array(Queue.QUEUED_INTS), 0)).toBe(true);
  return thread.events(slot);
}

it('tells of packets that did not fit', () => {
  expect(admitted(96, 1514)).toEqual(['decoder.afpacket.trunc_pkt']);
});

it('tells nothing of packets that are whole', () => {
  expect(admitted(1514, 1514)).toEqual([]);
});
