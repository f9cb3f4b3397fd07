import { describe, expect, test } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import {
  arp,
  etag,
  ethernet,
  hex,
  ieee8021ah,
  mpls,
  nsh,
  packet,
  pppoe,
  pppoeDiscovery,
  vlan,
  vntag,
} from '../packets/builder.js';
import { decoder, describePacket } from './decoder.js';
import { type Case, expectLayers, IS_TCP4, IS_TCP6, TCP4, TCP6 } from './layers.js';

describe('between Ethernet and IP', () => {
  const cases: Case[] = [
    ['802.1Q', [vlan(5), ...TCP4], `vlan5 ${IS_TCP4}`],
    ['QinQ', [vlan(5, { type: 0x88a8 }), vlan(6), ...TCP4], `vlan5 vlan6 ${IS_TCP4}`],
    ['three tags', [vlan(5), vlan(6), vlan(7), ...TCP6], `vlan5 vlan6 vlan7 ${IS_TCP6}`],
    [
      'four tags',
      [vlan(5), vlan(6), vlan(7), vlan(8), ...TCP4],
      'vlan5 vlan6 vlan7 invalid !vlan.too_many_layers',
    ],
    ['VLAN with unknown type', [vlan(5, { etherType: 0x1234 }), 'x'], 'vlan5 invalid !vlan.unknown_type'],
    ['short VLAN', [hex('02')], ''],
    ['802.1ah', [ieee8021ah(), ...TCP4], IS_TCP4],
    ['VN-Tag', [vntag(), ...TCP4], IS_TCP4],
    ['VN-Tag, unknown', [vntag(0x1234), 'x'], 'invalid !vntag.unknown_type'],
    ['E-Tag', [etag(), ...TCP4], IS_TCP4],
    ['MPLS', [mpls(100), ...TCP4], IS_TCP4],
    ['MPLS stack', [mpls(100, false), mpls(200), ...TCP6], IS_TCP6],
    ['MPLS explicit null', [mpls(0), ...TCP4], IS_TCP4],
    ['MPLS Ethernet pseudowire', [mpls(100), hex('00000000'), ethernet(), ...TCP4], IS_TCP4],
    ['MPLS router alert', [mpls(1), ...TCP4], 'invalid !mpls.bad_label_router_alert'],
    ['MPLS implicit null', [mpls(3), ...TCP4], 'invalid !mpls.bad_label_implicit_null'],
    ['MPLS reserved', [mpls(7), ...TCP4], 'invalid !mpls.bad_label_reserved'],
    ['MPLS without bottom', [mpls(100, false)], 'invalid !mpls.header_too_small'],
    ['MPLS over nothing', [mpls(100)], 'invalid !mpls.pkt_too_small'],
    ['MPLS over something', [mpls(100), hex('90919293949596')], 'invalid !mpls.unknown_payload_type'],
    ['PPPoE', [pppoe(), ...TCP4], IS_TCP4],
    ['PPPoE, IPv6', [pppoe(), ...TCP6], IS_TCP6],
    ['PPPoE discovery', [pppoeDiscovery(9, hex('01010000 0103 0002 aabb'))], ''],
    [
      'PPPoE, wrong tags',
      [pppoeDiscovery(9, hex('01010000 0103 0009 aabb'))],
      'invalid !pppoe.malformed_tags',
    ],
    ['PPPoE, wrong code', [pppoeDiscovery(1, hex(''))], 'invalid !pppoe.wrong_code'],
    ['ARP', [arp()], ''],
    ['ARP for other hardware', [arp({ hardware: 6 })], 'invalid !arp.unsupported_hardware'],
    ['ARP for other protocol', [arp({ protocol: 0x86dd })], 'invalid !arp.unsupported_protocol'],
    ['ARP, hardware size', [arp({ hardwareSize: 8 })], 'invalid !arp.invalid_hardware_size'],
    ['ARP, protocol size', [arp({ protocolSize: 8 })], 'invalid !arp.invalid_protocol_size'],
    ['ARP, operation', [arp({ operation: 99 })], 'invalid !arp.unsupported_opcode'],
    ['NSH, IPv4', [nsh(), ...TCP4], IS_TCP4],
    ['NSH, Ethernet', [nsh(), ethernet(), ...TCP6], IS_TCP6],
    ['NSH, version', [nsh({ version: 1 }), ...TCP4], 'invalid !nsh.unsupported_version'],
    ['NSH, length', [nsh({ lengthWords: 1 }), ...TCP4], 'invalid !nsh.bad_header_length'],
    ['NSH, reserved type', [nsh({ mdType: 0 }), ...TCP4], 'invalid !nsh.reserved_type'],
    ['NSH, other type', [nsh({ mdType: 5 }), ...TCP4], 'invalid !nsh.unsupported_type'],
    ['NSH, other payload', [nsh({ next: 99 }), 'x'], '!nsh.unknown_payload'],
  ];
  test.each(cases.filter(([name]) => name !== 'short VLAN'))('%s', (_, parts, ...expected) =>
    expectLayers(LinkType.ETHERNET, [ethernet(), ...parts], expected),
  );

  test('an unknown EtherType raises an event and is counted', async () => {
    const { thread, one } = await decoder();
    const [slot] = one(packet(ethernet({ etherType: 0x1234 }), 'x'));
    expect(describePacket(thread, slot!)).toBe('!ethernet.unknown_ethertype');
    expect(thread.counters.read('decoder.unknown_ethertype')).toBe(1);
    expect(thread.counters.read('decoder.event.ethernet.unknown_ethertype')).toBe(1);
    expect(thread.counters.read('decoder.invalid')).toBe(0);
  });

  test('more than 16 layers raise an event', async () => {
    const stack = Array.from({ length: 20 }, () => [ieee8021ah()]).flat();
    await expectLayers(LinkType.ETHERNET, [ethernet(), ...stack, ...TCP4], ['invalid !too_many_layers']);
  });
});
