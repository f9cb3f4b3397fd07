/** The outer addresses select the decoder, so that fragments stay together and all decoders have work. */
import { describe, expect, it } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import addressHash from '../../engine/queue/handlers/address-hash.js';
import { arp, ethernet, ipv4, ipv6, type Part, packet, udp, vlan } from '../packets/builder.js';
import { stubThread } from '../thread-stub.js';

const DECODERS = 4;

/** @returns the decoders of packets of one link type, counted from 7 */
function decodersOf(linkType: number, packets: Uint8Array[]): number[] {
  const thread = stubThread();
  const ways = [{ first: 7, count: DECODERS }];
  const choose = addressHash.create({ memory: thread.memory, ways, freeSlots: () => 1 });
  const { slots, length } = thread.batch(packets, { linkType });
  return Array.from(slots.subarray(0, length), slot => choose(slot * Packet.INTS));
}

const host = (i: number) => `10.0.${i >> 8}.${i & 255}`;
const wideHost = (i: number) => `2001:db8::${i.toString(16)}:1`;
const pairs = Array.from({ length: 64 }, (_, i) => i + 1);
const ofVersions = {
  IPv4: (from: number, to: number, more: object = {}) =>
    ipv4({ source: host(from), destination: host(to), ...more }),
  IPv6: (from: number, to: number) => ipv6({ source: wideHost(from), destination: wideHost(to) }),
};
const links: [name: string, linkType: number, below: Part[]][] = [
  ['Ethernet', LinkType.ETHERNET, [ethernet()]],
  ['Ethernet with VLANs', LinkType.ETHERNET, [ethernet(), vlan(5), vlan(6)]],
  ['packets of queues', LinkType.RAW, []],
];

describe.each(links)('%s', (_, linkType, below) => {
  it.each(Object.entries(ofVersions))(
    'is distributed over decoders, with both directions of %s at one',
    (_, ip) => {
      const of = (from: number, to: number) => packet(...below, ip(from, to), udp(), 'x');
      const there = decodersOf(
        linkType,
        pairs.map(i => of(i, 1000 + i)),
      );
      const back = decodersOf(
        linkType,
        pairs.map(i => of(1000 + i, i)),
      );
      expect(back).toEqual(there);
      const share = (decoder: number) => there.filter(each => each === decoder).length;
      for (let i = 0; i < DECODERS; i++) expect(share(7 + i)).toBeGreaterThan(pairs.length / DECODERS / 3);
    },
  );

  it('has fragments and other protocols of a pair at one decoder', () => {
    const ip = ofVersions.IPv4;
    const parts = [
      packet(...below, ip(1, 2), udp(), 'x'),
      packet(...below, ip(1, 2, { protocol: 17, moreFragments: true }), 'x'.repeat(24)),
      packet(...below, ip(1, 2, { protocol: 17, offset: 24 }), 'y'),
      packet(...below, ip(2, 1, { protocol: 1, options: 'abcd' }), 'x'.repeat(8)),
    ];
    expect(new Set(decodersOf(linkType, parts)).size).toBe(1);
  });

  it('has packets with truncated headers at the first decoder', () => {
    const whole = [packet(...below, ofVersions.IPv4(1, 2)), packet(...below, ofVersions.IPv6(1, 2))];
    const cut = whole.flatMap(bytes => [0, 1, 12, bytes.length - 1].map(length => bytes.subarray(0, length)));
    for (const decoder of decodersOf(
      linkType,
      cut.filter(({ length }) => length > 0),
    ))
      expect(decoder).toBe(7);
  });
});

it('has packets other than IP at the first decoder', () => {
  expect(decodersOf(LinkType.ETHERNET, [packet(ethernet(), arp(), 'x'.repeat(40))])).toEqual([7]);
  expect(decodersOf(LinkType.PPP, [packet(ipv4(), udp(), 'x'.repeat(40))])).toEqual([7]);
});
