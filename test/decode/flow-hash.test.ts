import { expect, test } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { shareOf } from '../../engine/queue/share.js';
import {
  esp,
  ethernet,
  gre,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Part,
  packet,
  sctp,
  tcp,
  udp,
  vlan,
} from '../packets/builder.js';
import { decoder } from './decoder.js';

const A = '10.0.0.1';
const B = '10.0.0.2';
const A6 = '2001:db8::1';
const B6 = '2001:db8::2';
const there = ipv4({ source: A, destination: B });
const back = ipv4({ source: B, destination: A });
const there6 = ipv6({ source: A6, destination: B6 });
const back6 = ipv6({ source: B6, destination: A6 });

async function hashes(packets: Part[][], config = {}, seed = 1): Promise<number[]> {
  const { thread, decode } = await decoder({ config, seed });
  const slots = decode(packets.map(parts => packet(ethernet(), ...parts)));
  return slots.map(slot => thread.field(slot, Packet.FLOW_HASH));
}

/** Whether all packets of a list have the same flow hash. */
async function areOne(...packets: Part[][]): Promise<boolean> {
  return new Set(await hashes(packets)).size === 1;
}

test.each<[string, Part[], Part[]]>([
  ['TCP', [there, tcp({ sport: 5, dport: 6 })], [back, tcp({ sport: 6, dport: 5 })]],
  ['TCP, IPv6', [there6, tcp({ sport: 5, dport: 6 })], [back6, tcp({ sport: 6, dport: 5 })]],
  ['UDP', [there, udp({ sport: 5, dport: 6 })], [back, udp({ sport: 6, dport: 5 })]],
  ['SCTP', [there, sctp({ sport: 5, dport: 6 })], [back, sctp({ sport: 6, dport: 5 })]],
  ['echo', [there, icmp({ type: 8 })], [back, icmp({ type: 0 })]],
  ['timestamp', [there, icmp({ type: 13 })], [back, icmp({ type: 14 })]],
  ['echo, IPv6', [there6, icmpv6({ type: 128 })], [back6, icmpv6({ type: 129 })]],
  ['ESP', [there, esp(7, 1)], [there, esp(7, 2)]],
  [
    'a TCP packet and the error about it',
    [there, tcp({ sport: 5, dport: 6 })],
    [
      ipv4({ source: '9.9.9.9', destination: A }),
      icmp({ type: 3, code: 1 }),
      there,
      tcp({ sport: 5, dport: 6 }),
    ],
  ],
])('packets of one flow have the same hash: %s', async (_, one, other) => {
  expect(await areOne(one, other)).toBe(true);
});

test.each<[string, Part[], Part[]]>([
  ['ports', [there, tcp({ sport: 5, dport: 6 })], [there, tcp({ sport: 5, dport: 7 })]],
  ['ports swapped', [there, tcp({ sport: 5, dport: 6 })], [there, tcp({ sport: 6, dport: 5 })]],
  ['addresses', [there, tcp()], [ipv4({ source: A, destination: '10.0.0.3' }), tcp()]],
  ['protocols', [there, tcp({ sport: 5, dport: 6 })], [there, udp({ sport: 5, dport: 6 })]],
  ['VLANs', [vlan(5), there, tcp()], [vlan(6), there, tcp()]],
  ['order of VLANs', [vlan(5), vlan(6), there, tcp()], [vlan(6), vlan(5), there, tcp()]],
  ['SPIs', [there, esp(7)], [there, esp(8)]],
])('packets of different flows have different hashes: %s', async (_, one, other) => {
  expect(await areOne(one, other)).toBe(false);
});

test('an error is marked as such if it quotes a packet with ports', async () => {
  const { thread, decode } = await decoder();
  const error = (...quoted: Part[]) => packet(ethernet(), back, icmp({ type: 3, code: 1 }), ...quoted);
  const slots = decode([error(there, tcp()), error(there), error(ipv4({ offset: 8 }), tcp())]);
  expect(slots.map(slot => (thread.field(slot, Packet.FLAGS) & Packet.FLAG_ICMP_ERROR) !== 0)).toEqual([
    true,
    false,
    false,
  ]);
});

test('VLANs do not matter if they are not tracked', async () => {
  const config = { vlan: { 'use-for-tracking': false } };
  const found = await hashes(
    [
      [vlan(5), there, tcp()],
      [vlan(6), there, tcp()],
    ],
    config,
  );
  expect(new Set(found).size).toBe(1);
});

test('the depth of tunnels matters by default, and does not if configured', async () => {
  const tunnelled = [ipv4({ source: '1.1.1.1' }), gre(), there, tcp()];
  const [plain, , inner] = await hashes([[there, tcp()], tunnelled]);
  expect(inner).not.toBe(plain);
  const config = { decoder: { 'recursion-level': { 'use-for-tracking': false } } };
  const [plain2, , inner2] = await hashes([[there, tcp()], tunnelled], config);
  expect(inner2).toBe(plain2);
});

test('hashes depend on the seed of the run and are spread evenly', async () => {
  const flows = Array.from({ length: 800 }, (_, i): Part[] => [there, tcp({ sport: i + 1, dport: 80 })]);
  const one = await hashes(flows, {}, 1);
  const two = await hashes(flows, {}, 2);
  expect(one.filter((hash, i) => hash === two[i]).length).toBeLessThan(3);
  const workers = [0, 0, 0, 0, 0];
  for (const hash of one) workers[shareOf(hash, 5)]!++;
  expect(Math.min(...workers)).toBeGreaterThan(110);
});

test('FTP control and data connections go to one worker, and have different hashes', async () => {
  const conversations: Part[][] = [
    [there, tcp({ sport: 40_000, dport: 21 })],
    [back, tcp({ sport: 20, dport: 40_001 })],
    ...Array.from({ length: 20 }, (_, i): Part[] => [there, tcp({ sport: 40_002 + i, dport: 50_000 - i })]),
    [
      ipv4({ source: '9.9.9.9', destination: A }),
      icmp({ type: 3, code: 1 }),
      there,
      tcp({ sport: 2000, dport: 21 }),
    ],
  ];
  const found = await hashes(conversations);
  expect(new Set(found.map(hash => shareOf(hash, 256))).size).toBe(1);
  expect(new Set(found).size).toBe(conversations.length);
});

test('colliding hashes cannot be constructed without knowing the seed', async () => {
  const word = (n: number) => [(n >>> 16).toString(16), (n & 0xffff).toString(16)].join(':');
  const inNetwork = Array.from({ length: 200 }, (_, i): Part[] => [
    ipv6({ source: `2001:db8:0:1:${word(Math.imul(i, 0x9e3779b1))}:${word(i)}`, destination: B6 }),
    tcp({ sport: 5, dport: 80 }),
  ]);
  const ofPorts = Array.from({ length: 200 }, (_, i): Part[] => {
    const source = [...new Uint8Array(Int32Array.of(Math.imul(i + 1, 0x9e3779b1)).buffer)]
      .reverse()
      .join('.');
    return [ipv4({ source, destination: B }), tcp({ sport: i + 1, dport: 80 })];
  });
  const highest = Array.from({ length: 16 }, (_, i): Part[] => [
    ipv6({
      source: `2001:db8::${['8', '1', '0'].map((_, bit) => ((i >> bit) & 1 ? '8000:0' : '0:1')).join(':')}`,
      destination: i & 8 ? '2001:db8::8000:2' : B6,
    }),
    tcp({ sport: 5, dport: 80 }),
  ]);
  for (const flows of [inNetwork, ofPorts, highest])
    expect(new Set(await hashes(flows)).size).toBe(flows.length);
});
