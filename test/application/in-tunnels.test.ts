/** Tunneled and reassembled packets are detected, parsed and inspected like other packets. */
import { expect, it } from 'vitest';
import { fragments } from '../fuzz/ip-fragments.js';
import { type CapturedPacket, ethernet, gre, ipv4, packet, udp, vxlan } from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';
import { conversation, replay } from '../streams/replay.js';

const TALK = conversation([
  [true, 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'],
  [false, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
]);
const OUTSIDE = [ethernet(), ipv4({ source: '192.0.2.1', destination: '192.0.2.2' })];
const ETHERNET_BYTES = 14;
const random = randomNumbers(1);

const TOLD: Readonly<Record<string, (data: Uint8Array) => readonly CapturedPacket[]>> = {
  'by itself': data => [{ data }],
  'in GRE': data => [{ data: packet(...OUTSIDE, gre({ protocol: 0x0800 }), data.subarray(ETHERNET_BYTES)) }],
  'in VXLAN': data => [{ data: packet(...OUTSIDE, udp({ dport: 4789 }), vxlan(), data) }],
  'in fragments': data => fragments(1, { data }, 3, random),
};
const rules = [
  'alert tcp any any -> any any (app-layer-protocol:http; sid:1;)',
  'alert tcp any any -> any any (flow:established; app-layer-protocol:!tls; sid:2;)',
];

it.each(Object.keys(TOLD))('a rule for the protocol alerts once: %s', async way => {
  const packets = TALK.flatMap(TOLD[way]!).map(({ data }) => data);
  const records = await replay({ packets, rules, words: ['-k', 'none'] });
  expect(records.map(({ alert }) => alert.signature_id).sort()).toEqual([1, 2]);
});
