/** Metadata of packets from a ring, and states of its device. */
import { constants } from 'node:os';
import { expect, it } from 'vitest';
import * as Queue from '../../engine/native/queue.js';
import type { Native } from '../../engine/native.js';
import * as Packet from '../../engine/packet.js';
import type { OpenDevice } from '../../modules/af-packet/open.js';
import { RingSource } from '../../modules/af-packet/source.js';
import { type StubThread, stubThread } from '../thread-stub.js';

function sourceOf(thread: StubThread, native: Partial<Native> = {}, verifiesChecksums = true): RingSource {
  const settings = { name: 'eth0', blockSize: 4096, blocks: 1, filter: '', verifiesChecksums };
  const device = { settings, linkType: 1, openings: new SharedArrayBuffer(4) } as OpenDevice;
  return new RingSource(thread, { mapRing: () => ({}), ...native } as Native, device, 0, 0);
}

function admitted(length: number, wireLength: number): string[] {
  const thread = stubThread();
  const source = sourceOf(thread);
  const slot = thread.pool.take();
  const p = slot * Packet.INTS;
  thread.memory.row[p + Packet.LENGTH] = length;
  thread.memory.row[p + Packet.WIRE_LENGTH] = wireLength;
  expect(source.admit(slot, new Uint32Array(Queue.QUEUED_INTS), 0)).toBe(true);
  return thread.events(slot);
}

it('truncated packets are reported', () => {
  expect(admitted(96, 1514)).toEqual(['decoder.afpacket.trunc_pkt']);
});

it('complete packets are not reported', () => {
  expect(admitted(1514, 1514)).toEqual([]);
});

it('a device that is down is reported once', () => {
  const thread = stubThread();
  const ringReceive: Native['ringReceive'] = (_ring, _bytes, _from, _to, _largest, _packets, tally) => {
    tally[Queue.TALLY_ERROR] = constants.errno.ENETDOWN;
    return 0;
  };
  const source = sourceOf(thread, { ringReceive });
  for (let n = 0; n < 2; n++)
    source.receive(
      new Uint8Array(8),
      0,
      8,
      new Uint32Array(Queue.QUEUED_INTS),
      new Uint32Array(Queue.TALLY_INTS),
    );
  expect(thread.warnings).toEqual([
    'device eth0: ENETDOWN: no packets are received from it until it is up again',
  ]);
});

it.each([
  [true, 0, 0],
  [true, Queue.QUEUED_FLAG_NO_CHECKSUM, Packet.FLAG_NO_CHECKSUM],
  // A packet whose checksum is only unverified is forwarded unchanged.
  [false, 0, Packet.FLAG_UNVERIFIED],
])(
  'packets are marked whose checksums are not to be verified or not yet computed (%s, %i)',
  (verifies, flags, expected) => {
    const thread = stubThread();
    const packets = new Uint32Array(Queue.QUEUED_INTS);
    packets[Queue.QUEUED_FLAGS] = flags;
    const slot = thread.pool.take();
    sourceOf(thread, {}, verifies).admit(slot, packets, 0);
    expect(thread.field(slot, Packet.FLAGS)).toBe(expected);
  },
);
