/**
 * Inline, data retransmitted with other bytes leaves with its first bytes, in any encapsulation; or it does not leave.
 */
import { expect, it } from 'vitest';
import type { Batch } from '../../engine/batch.js';
import type { ThreadModule } from '../../engine/module.js';
import * as Packet from '../../engine/packet.js';
import { isDrop } from '../../engine/verdict.js';
import { VERDICT_DELIVERY } from '../../engine/verdict-delivery.js';
import decode from '../../modules/decode.js';
import flow from '../../modules/flow.js';
import { Stream } from '../../modules/stream.js';
import verdict from '../../modules/verdict.js';
import { ethernet, gre, ipv4, type Part, packet, tcp } from '../packets/builder.js';
import { stubThread } from '../thread-stub.js';

const CLIENT = { source: '10.0.0.1', destination: '10.0.0.2' };
const SERVER = { source: '10.0.0.2', destination: '10.0.0.1' };
const fromClient = (seq: number, flags: string, ...data: Part[]): Part[] => [
  ipv4(CLIENT),
  tcp({ sport: 40000, dport: 80, seq, ack: flags === 'S' ? 0 : 501, flags }),
  ...data,
];
const HANDSHAKE = [
  fromClient(100, 'S'),
  [ipv4(SERVER), tcp({ sport: 80, dport: 40000, seq: 500, ack: 101, flags: 'SA' })],
  fromClient(101, 'A'),
];
const GOOD = fromClient(101, 'PA', 'this is fine');
const EVIL = fromClient(101, 'PA', 'this is evil');

/** The packets that leave: their bytes as text, and whether they are modified. */
async function leaving(packets: readonly Uint8Array[]): Promise<{ text: string; modified: boolean }[]> {
  const thread = stubThread({ config: { 'engine-mode': 'ips' } });
  const left: { text: string; modified: boolean }[] = [];
  thread.services.set(VERDICT_DELIVERY, {
    deliver(slot: number, given: number) {
      if (isDrop(given)) return;
      const text = thread.text(thread.field(slot, Packet.DATA), thread.field(slot, Packet.LENGTH));
      left.push({ text, modified: (thread.field(slot, Packet.FLAGS) & Packet.FLAG_MODIFIED) !== 0 });
    },
  });
  const before = [decode, flow].map(module => module.create(thread) as ThreadModule);
  const line = [...before, new Stream(thread), (await verdict.create(thread)) as ThreadModule];
  for (const each of packets) {
    const batch: Batch = thread.batch([each]);
    for (const module of line) module.process(batch);
  }
  return left;
}

it.each<[string, Part[]]>([
  ['by itself', []],
  ['in a tunnel', [ipv4({ source: '1.1.1.1', destination: '2.2.2.2' }), gre()]],
])('retransmitted data leaves with its first bytes: %s', async (_, outer) => {
  const left = await leaving([...HANDSHAKE, GOOD, EVIL].map(parts => packet(ethernet(), ...outer, ...parts)));
  expect(left.map(({ modified }) => modified)).toEqual([false, false, false, false, true]);
  expect(left[4]!.text).toContain('this is fine');
});

it('conflicting retransmitted data in fragments is dropped', async () => {
  const before = [...HANDSHAKE, GOOD].map(parts => packet(ethernet(), ...parts));
  const leftOf = async (parts: Part[]) => (await leaving([...before, ...inTwo(parts)])).length;
  expect(await leftOf(GOOD)).toBe(6);
  expect(await leftOf(EVIL)).toBe(4);
});

function inTwo(parts: Part[]): Uint8Array[] {
  const payload = packet(...parts).subarray(20);
  const fragment = { ...CLIENT, id: 1, protocol: 6 };
  return [
    packet(ethernet(), ipv4({ ...fragment, moreFragments: true }), payload.slice(0, 24)),
    packet(ethernet(), ipv4({ ...fragment, offset: 24 }), payload.slice(24)),
  ];
}
