/** A ring that one thread has begun to read, and another continues. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { PacketRing } from '../../engine/native/packet-socket.js';
import * as Queue from '../../engine/native/queue.js';
import { type Native, native } from '../../engine/native.js';
import { until } from '../until.js';

const BLOCK = 2 ** 18;
const BLOCKS = 16;
const LARGEST = 65_600;
const DATAGRAMS = 20;

const addon = native() as Native;
const socket = openRing();

function openRing(): number {
  try {
    return addon.openPacketSocket('lo', {
      blockSize: BLOCK,
      blocks: BLOCKS,
      timeout: 200,
      fanout: 0,
      fanoutType: 0,
      promiscuous: false,
      ignoreOutgoing: true,
    });
  } catch (error) {
    console.warn(`the test of rings is skipped: ${(error as Error).message}`);
    return -1;
  }
}

const bytes = new Uint8Array(LARGEST + 8);
const packet = new Uint32Array(Queue.QUEUED_INTS);
const tally = new Uint32Array(Queue.TALLY_INTS);

/** Numbers of at most this many datagrams in the ring; other programs use the device, too. */
function take(ring: PacketRing, mark: string, most: number): number[] {
  const found: number[] = [];
  while (
    found.length < most &&
    addon.ringReceive(ring, bytes, 0, bytes.length, LARGEST, packet, tally) === 1
  ) {
    const from = packet[Queue.QUEUED_DATA]!;
    const text = Buffer.from(bytes.subarray(from, from + packet[Queue.QUEUED_LENGTH]!)).toString('latin1');
    const number = new RegExp(`${mark} (\\d+) $`).exec(text)?.[1];
    if (number !== undefined) found.push(Number(number));
  }
  return found;
}

it.runIf(socket >= 0)('each packet of a ring is read once, whichever thread continues', async () => {
  const mark = `ring of ${process.pid}`;
  const sender = createSocket('udp4');
  sender.bind(0, '127.0.0.1');
  await once(sender, 'listening');
  const { port } = sender.address();
  for (let i = 0; i < DATAGRAMS; i++) sender.send(`${mark} ${i} `, port, '127.0.0.1');
  const found: number[] = [];
  while (found.length < DATAGRAMS) {
    const ring = addon.mapRing(socket, BLOCK, BLOCKS);
    await until(
      () => addon.waitReadable(Uint32Array.of(socket), 0, 0) >= 0,
      () => `${found.length} datagrams came`,
    );
    found.push(...take(ring, mark, 3));
    addon.closeRing(ring);
    expect(take(ring, mark, 1)).toEqual([]);
  }
  expect(found).toEqual(Array.from({ length: DATAGRAMS }, (_, i) => i));
  sender.close();
  addon.closeSocket(socket);
});
