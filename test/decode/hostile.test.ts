/** Random bytes: decoding never throws, never loses a slot, never reads beyond the packet. */
import { expect, test } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import {
  destinationOptions,
  erspan,
  ethernet,
  fragment,
  geneve,
  gre,
  hopByHop,
  icmp,
  icmpv6,
  igmp,
  ipv4,
  ipv6,
  mpls,
  nsh,
  type Part,
  packet,
  pppoe,
  tcp,
  udp,
  vlan,
  vxlan,
} from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';
import { decoder } from './decoder.js';

const LINK_TYPES = [
  LinkType.NULL,
  LinkType.ETHERNET,
  LinkType.PPP,
  LinkType.RAW,
  LinkType.C_HDLC,
  LinkType.LINUX_SLL,
  LinkType.LINUX_SLL2,
  LinkType.GRE,
];

const SEEDS: Part[][] = [
  [
    vlan(1),
    vlan(2),
    ipv4({ options: new Uint8Array(40).fill(1) }),
    tcp({ options: new Uint8Array(40).fill(1) }),
    'data',
  ],
  [
    ipv6(),
    hopByHop(),
    destinationOptions(),
    fragment(),
    udp({ dport: 3544 }),
    ipv6(),
    icmpv6({ type: 1 }),
    ipv6(),
    tcp(),
  ],
  [
    ipv4(),
    gre({ sequence: 1 }),
    erspan({ vlan: 3 }),
    ethernet(),
    mpls(100),
    ipv4(),
    icmp({ type: 3 }),
    ipv4(),
    tcp(),
  ],
  [pppoe(), ipv4(), udp({ dport: 4789 }), vxlan(), ethernet(), nsh(), ipv6(), igmp()],
  [ipv4(), udp({ dport: 6081 }), geneve({ options: new Uint8Array(8) }), ethernet(), ipv6(), tcp()],
  [ipv4({ moreFragments: true }), udp(), 'x'.repeat(16)],
  [ipv6(), fragment({ offset: 8 }), 'y'.repeat(16)],
];

test('all offsets and lengths in a row are within the packet, whatever the bytes', async () => {
  const { thread, one } = await decoder({ slots: 64 });
  const random = randomNumbers(12345);
  for (let round = 0; round < 6000; round++) {
    const whole = packet(ethernet(), ...SEEDS[round % SEEDS.length]!);
    const bytes = whole.slice(0, round % 3 === 0 ? random(whole.length + 1) : whole.length);
    for (let i = random(8); i > 0 && bytes.length > 0; i--) bytes[random(bytes.length)] = random(256);
    const linkType = round % 5 === 0 ? LINK_TYPES[random(LINK_TYPES.length)]! : LinkType.ETHERNET;
    const slots = one(bytes, { linkType, time: 1000 + round });
    for (const slot of slots) expectInside(slot);
    thread.release(slots);
  }
  expect(thread.pool.idle).toBe(true);

  function expectInside(slot: number) {
    const start = thread.field(slot, Packet.DATA);
    const end = start + thread.field(slot, Packet.LENGTH);
    for (const field of [Packet.L2, Packet.L3, Packet.L4, Packet.PAYLOAD]) {
      const at = thread.field(slot, field);
      if (at !== 0 && (at < start || at > end)) throw new Error(`field ${field} of packet is outside`);
    }
    const payloadEnd = thread.field(slot, Packet.PAYLOAD) + thread.field(slot, Packet.PAYLOAD_LENGTH);
    if (thread.field(slot, Packet.PAYLOAD_LENGTH) < 0) throw new Error('negative payload');
    if (thread.field(slot, Packet.PAYLOAD) !== 0 && payloadEnd > end)
      throw new Error('payload reaches beyond the packet');
  }
});
