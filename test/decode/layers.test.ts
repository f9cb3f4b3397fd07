import { expect, test } from 'vitest';
import {
  ah,
  arp,
  concat,
  destinationOptions,
  erspan,
  ethernet,
  fragment,
  geneve,
  gre,
  hex,
  hopByHop,
  icmp,
  icmpv6,
  igmp,
  ipv4,
  ipv6,
  mpls,
  nsh,
  packet,
  pppoe,
  routing,
  tcp,
  u16,
  udp,
  vlan,
} from '../packets/builder.js';
import { decoder } from './decoder.js';
import { TCP4 } from './layers.js';

test('every packet truncated at every length is decoded without error', async () => {
  const { thread, one } = await decoder();
  const wholes = [
    packet(
      ethernet(),
      vlan(5),
      ipv4({ options: hex('9404000001010101') }),
      tcp({ options: hex('020405b40402080a0000000100000000') }),
      'data',
    ),
    packet(
      ethernet(),
      ipv6(),
      hopByHop(),
      routing(),
      destinationOptions(),
      ah(),
      fragment(),
      udp({ dport: 3544 }),
      ipv6(),
      icmpv6({ type: 1 }),
      ipv6(),
      tcp(),
    ),
    packet(
      ethernet(),
      ipv4(),
      gre({ sequence: 1 }),
      erspan({ vlan: 1 }),
      ethernet(),
      mpls(100),
      ipv4(),
      icmp({ type: 3 }),
      ipv4(),
      tcp(),
    ),
    packet(ethernet(), pppoe(), ipv4(), igmp({ type: 0x22 }), hex('00000001')),
    packet(
      ethernet(),
      nsh(),
      ipv4(),
      udp({ dport: 6081 }),
      geneve({ options: hex('00000001 00000000') }),
      ethernet(),
      arp(),
    ),
  ];
  for (const whole of wholes) {
    for (let length = 0; length <= whole.length; length++) thread.release(one(whole.subarray(0, length)));
  }
  expect(thread.pool.idle).toBe(true);
});

test('bytes behind the IP packet are not payload', async () => {
  const { thread, one } = await decoder();
  const [slot] = one(concat(packet(ethernet(), ...TCP4), u16(0), 'padding'));
  expect(thread.payload(slot!)).toBe('data');
});
