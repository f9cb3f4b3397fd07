import { expect, test } from 'vitest';
import { allocateMemory, openMemory } from '../../engine/memory.js';
import * as Packet from '../../engine/packet.js';
import { checksum, concat, ethernet, gre, ipv4, ipv6, packet, tcp } from '../packets/builder.js';
import { decoder } from './decoder.js';

const memory = openMemory(allocateMemory(1, 65536 + 64));
const swapped = (word: number) => ((word & 0xff) << 8) | (word >> 8);

function sum(offset: number, length: number): number {
  const total = memory.sumOfWords(offset, length) >>> 0;
  const once = (total & 0xffff) + (total >>> 16);
  return swapped((once & 0xffff) + (once >>> 16));
}

test('is the same for any range at any alignment', () => {
  for (let i = 0; i < 4096; i++) memory.bytes[i] = (i * 31 + (i >> 3) * 7) & 0xff;
  for (let offset = 0; offset < 9; offset++) {
    for (const length of [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 40, 1000, 1001, 4000]) {
      const expected = checksum(memory.bytes.slice(offset, offset + length));
      expect(~sum(offset, length) & 0xffff).toBe(expected);
    }
  }
});

test('of the largest segment with the largest bytes is right', () => {
  memory.bytes.fill(0xff);
  expect(sum(1, 65535)).toBe(0xff00);
});

const good4 = packet(ethernet(), ipv4(), tcp(), 'some data');
const good6 = packet(ethernet(), ipv6(), tcp(), 'some data');
const bad4 = packet(ethernet(), ipv4(), tcp({ checksum: 1 }), 'some data');
const bad6 = packet(ethernet(), ipv6(), tcp({ checksum: 1 }), 'some data');

test('TCP packets with a wrong checksum are marked and counted', async () => {
  const { thread, decode } = await decoder();
  const slots = decode([good4, bad4, good6, bad6]);
  const bad = slots.map(slot => (thread.field(slot, Packet.FLAGS) & Packet.FLAG_BAD_CHECKSUM) !== 0);
  expect(bad).toEqual([false, true, false, true]);
  expect(thread.counters.read('tcp.invalid_checksum')).toBe(2);
});

test.each([
  ['-k none', { capture: { 'checksum-validation': 'none' } }],
  ['stream.checksum-validation', { stream: { 'checksum-validation': 'no' } }],
  ['pcap-file.checksum-checks', { 'pcap-file': { 'checksum-checks': 'no' } }],
])('checksums are not verified if %s is no', async (_, config) => {
  const { thread, decode } = await decoder({ config });
  decode([bad4]);
  expect(thread.counters.read('tcp.invalid_checksum')).toBe(0);
});

test.each([Packet.FLAG_NO_CHECKSUM, Packet.FLAG_UNVERIFIED])(
  'checksums are not verified in packets captured with flag %i, nor in their inner packets',
  async flag => {
    const { thread, module } = await decoder();
    const batch = thread.batch([bad4, packet(ethernet(), ipv4(), gre(), ipv4(), tcp({ checksum: 1 }), 'x')]);
    for (let i = 0; i < batch.length; i++)
      thread.memory.row[batch.slots[i]! * Packet.INTS + Packet.FLAGS] = flag;
    module.process(batch);
    expect(batch.length).toBe(3);
    expect(thread.counters.nonZero()).not.toHaveProperty('tcp.invalid_checksum');
  },
);

async function wrongAfterSample(config: Record<string, unknown>, badInTen: number): Promise<boolean> {
  const { thread, decode } = await decoder({ config });
  const ten = Array.from({ length: 10 }, (_, i) => (i < badInTen ? bad4 : good4));
  for (let i = 0; i < 100; i++) thread.release(decode(ten));
  const [slot] = decode([bad4]);
  return (thread.field(slot!, Packet.FLAGS) & Packet.FLAG_BAD_CHECKSUM) !== 0;
}

test('verification stops if many of the first thousand checksums are wrong, as in captures of a sending host', async () => {
  expect(await wrongAfterSample({}, 1)).toBe(true);
  expect(await wrongAfterSample({}, 2)).toBe(false);
  expect(await wrongAfterSample({ capture: { 'checksum-validation': 'all' } }, 9)).toBe(true);
});

test('the checksum of an odd number of bytes is right', async () => {
  const { thread, decode } = await decoder();
  const slots = decode([
    packet(ethernet(), ipv4(), tcp(), 'odd'),
    concat(packet(ethernet(), ipv4(), tcp(), 'odd'), 'tail'),
  ]);
  expect(slots.some(slot => thread.field(slot, Packet.FLAGS) & Packet.FLAG_BAD_CHECKSUM)).toBe(false);
});
