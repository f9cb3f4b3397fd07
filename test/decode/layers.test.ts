import { describe, expect, test } from 'vitest';
import * as LinkType from '../../engine/link-type.js';
import * as Packet from '../../engine/packet.js';
import {
  ah,
  arp,
  chdlc,
  concat,
  destinationOptions,
  erspan,
  erspanTypeOne,
  esp,
  etag,
  ethernet,
  fragment,
  geneve,
  gre,
  hex,
  hopByHop,
  icmp,
  icmpv6,
  ieee8021ah,
  igmp,
  ipv4,
  ipv6,
  mpls,
  nsh,
  nullLoop,
  type Part,
  packet,
  ppp,
  pppoe,
  pppoeDiscovery,
  routing,
  sctp,
  sll,
  sll2,
  tcp,
  u16,
  udp,
  vlan,
  vntag,
  vxlan,
} from '../packets/builder.js';
import { decoder, describePacket } from './decoder.js';

/** Layers, and what each packet that comes of them is. */
type Case = [name: string, parts: Part[], ...expected: string[]];

async function expectLayers(linkType: number, parts: Part[], expected: string[]) {
  const { thread, one } = await decoder();
  const slots = one(packet(...parts), { linkType });
  expect(slots.map(slot => describePacket(thread, slot))).toEqual(expected);
}

const TCP4 = [ipv4(), tcp(), 'data'];
const TCP6 = [ipv6(), tcp(), 'data'];
const IS_TCP4 = 'ip4 p6 40000>80';
const IS_TCP6 = 'ip6 p6 40000>80';

describe('link layers', () => {
  const cases: [name: string, linkType: number, parts: Part[], expected: string][] = [
    ['Ethernet', LinkType.ETHERNET, [ethernet(), ...TCP4], IS_TCP4],
    ['Ethernet, IPv6', LinkType.ETHERNET, [ethernet(), ...TCP6], IS_TCP6],
    ['RAW', LinkType.RAW, TCP4, IS_TCP4],
    ['RAW of BSD', LinkType.RAW_BSD, TCP6, IS_TCP6],
    ['RAW of OpenBSD', LinkType.RAW_OPENBSD, TCP4, IS_TCP4],
    ['IPV4', LinkType.IPV4, TCP4, IS_TCP4],
    ['IPV6', LinkType.IPV6, TCP6, IS_TCP6],
    ['RAW with another version', LinkType.RAW, [ipv4({ version: 5 })], '!ipraw.invalid_ip_version'],
    ['RAW, too small', LinkType.RAW, ['x'], 'invalid !ipv4.pkt_too_small'],
    ['NULL', LinkType.NULL, [nullLoop(2), ...TCP4], IS_TCP4],
    ['NULL, IPv6 of macOS', LinkType.NULL, [nullLoop(30), ...TCP6], IS_TCP6],
    ['LOOP', LinkType.LOOP, [hex('00000002'), ...TCP4], IS_TCP4],
    ['NULL, other family', LinkType.NULL, [nullLoop(7), 'x'], '!ltnull.unsupported_type'],
    ['NULL, too small', LinkType.NULL, ['x'], 'invalid !ltnull.pkt_too_small'],
    ['SLL', LinkType.LINUX_SLL, [sll(), ...TCP4], IS_TCP4],
    ['SLL, too small', LinkType.LINUX_SLL, ['x'], 'invalid !sll.pkt_too_small'],
    ['SLL2', LinkType.LINUX_SLL2, [sll2(), ...TCP6], IS_TCP6],
    ['SLL2, too small', LinkType.LINUX_SLL2, ['x'], 'invalid !sll2.pkt_too_small'],
    ['PPP', LinkType.PPP, [ppp(), ...TCP4], IS_TCP4],
    ['PPP serial', LinkType.PPP_SERIAL, [ppp(), ...TCP6], IS_TCP6],
    ['PPP without address and control', LinkType.PPP, [ppp({ bare: true }), ...TCP6], IS_TCP6],
    ['PPP with a short protocol field', LinkType.PPP, [hex('21'), ...TCP4], IS_TCP4],
    ['PPP control', LinkType.PPP, [ppp({ protocol: 0xc021 }), 'x'], ''],
    ['PPP, other network', LinkType.PPP, [ppp({ protocol: 0x2b }), 'x'], '!ppp.unsup_proto'],
    ['PPP, unknown protocol', LinkType.PPP, [ppp({ protocol: 0x0002 }), 'x'], 'invalid !ppp.wrong_type'],
    ['PPP, short IPv4', LinkType.PPP, [ppp({ protocol: 0x21 }), 'x'], 'invalid !ppp.ip4_pkt_too_small'],
    ['PPP, short IPv6', LinkType.PPP, [ppp({ protocol: 0x57 }), 'x'], 'invalid !ppp.ip6_pkt_too_small'],
    ['PPP, short VJ', LinkType.PPP, [ppp({ protocol: 0x2f }), 'x'], 'invalid !ppp.vju_pkt_too_small'],
    ['PPP, too small', LinkType.PPP, ['x'], 'invalid !ppp.pkt_too_small'],
    ['HDLC', LinkType.C_HDLC, [chdlc(), ...TCP4], IS_TCP4],
    ['HDLC, too small', LinkType.C_HDLC, ['x'], 'invalid !chdlc.pkt_too_small'],
    ['unknown link type', 147, ['x'], ''],
  ];
  test.each(cases)('%s', (_, linkType, parts, expected) => expectLayers(linkType, parts, [expected]));
});

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

  test('an unknown EtherType is an event and a counter', async () => {
    const { thread, one } = await decoder();
    const [slot] = one(packet(ethernet({ etherType: 0x1234 }), 'x'));
    expect(describePacket(thread, slot!)).toBe('!ethernet.unknown_ethertype');
    expect(thread.counters.read('decoder.unknown_ethertype')).toBe(1);
    expect(thread.counters.read('decoder.event.ethernet.unknown_ethertype')).toBe(1);
    expect(thread.counters.read('decoder.invalid')).toBe(0);
  });

  test('17 layers are too many', async () => {
    const stack = Array.from({ length: 20 }, () => [ieee8021ah()]).flat();
    await expectLayers(LinkType.ETHERNET, [ethernet(), ...stack, ...TCP4], ['invalid !too_many_layers']);
  });
});

describe('IPv4', () => {
  const cases: Case[] = [
    ['options', [ipv4({ options: hex('94040000') }), tcp()], `${IS_TCP4} !ipv4.opt_pad_required`],
    ['eight bytes of options', [ipv4({ options: hex('9404000001010101') }), tcp()], IS_TCP4],
    ['version', [ipv4({ version: 7 }), tcp()], 'invalid !ipv4.wrong_ip_version'],
    ['header length', [ipv4({ headerWords: 4 }), tcp()], 'invalid !ipv4.hlen_too_small'],
    ['total length', [ipv4({ length: 19 }), tcp()], 'invalid !ipv4.iplen_smaller_than_hlen'],
    ['truncated', [ipv4({ length: 99 }), tcp()], 'invalid !ipv4.trunc_pkt'],
    ['too small', ['x'], 'invalid !ipv4.pkt_too_small'],
    [
      'option length',
      [ipv4({ options: hex('9499000001010101') }), tcp()],
      `${IS_TCP4} !ipv4.opt_invalid_len`,
    ],
    [
      'option without length',
      [ipv4({ options: hex('0101010101010194') }), tcp()],
      `${IS_TCP4} !ipv4.opt_eol_required`,
    ],
    ['option twice', [ipv4({ options: hex('9404000094040000') }), tcp()], `${IS_TCP4} !ipv4.opt_duplicate`],
    ['unknown option', [ipv4({ options: hex('6304000001010101') }), tcp()], `${IS_TCP4} !ipv4.opt_invalid`],
    ['bad route', [ipv4({ options: hex('0707030000000001') }), tcp()], `${IS_TCP4} !ipv4.opt_malformed`],
    ['bad timestamps', [ipv4({ options: hex('4408010000000000') }), tcp()], `${IS_TCP4} !ipv4.opt_malformed`],
    [
      'security too short',
      [ipv4({ options: hex('8202000000000000') }), tcp()],
      `${IS_TCP4} !ipv4.opt_invalid_len`,
    ],
    ['security', [ipv4({ options: hex('8203000000000000') }), tcp()], IS_TCP4],
    ['CIPSO', [ipv4({ options: hex('860a0000000101040000') }), tcp()], `${IS_TCP4} !ipv4.opt_pad_required`],
    [
      'CIPSO for nobody',
      [ipv4({ options: hex('860a0000000001040000') }), tcp()],
      `${IS_TCP4} !ipv4.opt_malformed !ipv4.opt_pad_required`,
    ],
    ['ICMPv6 inside', [ipv4({ protocol: 58 }), 'x'], 'ip4 p58 invalid !ipv4.icmpv6'],
    ['UDP', [ipv4(), udp(), 'x'], 'ip4 p17 40000>53'],
    ['SCTP', [ipv4(), sctp(), 'x'], 'ip4 p132 40000>5000'],
    ['ICMP', [ipv4(), icmp()], 'ip4 p1 8>0'],
    ['IGMP', [ipv4(), igmp()], 'ip4 p2 22>0'],
    ['ESP', [ipv4(), esp(7)], 'ip4 p50'],
    ['another protocol', [ipv4({ protocol: 200 }), 'x'], 'ip4 p200'],
    ['too small TCP', [ipv4({ protocol: 6 }), 'x'], 'ip4 p6 invalid !tcp.pkt_too_small'],
    ['TCP header length', [ipv4(), tcp({ headerWords: 9 })], 'ip4 p6 invalid !tcp.hlen_too_small'],
    ['TCP header length below 20', [ipv4(), tcp({ headerWords: 4 })], 'ip4 p6 invalid !tcp.invalid_optlen'],
    ['TCP options', [ipv4(), tcp({ options: hex('020405b4 0402 080a0000000100000000 01 030307') })], IS_TCP4],
    ['TCP option too long', [ipv4(), tcp({ options: hex('0109ffff') })], `${IS_TCP4} !tcp.opt_invalid_len`],
    [
      'TCP option of wrong length',
      [ipv4(), tcp({ options: hex('020300') })],
      `${IS_TCP4} !tcp.opt_invalid_len`,
    ],
    [
      'TCP option twice',
      [ipv4(), tcp({ options: hex('020405b4020405b4') })],
      `${IS_TCP4} !tcp.opt_duplicate`,
    ],
    ['UDP length above', [ipv4(), udp({ length: 99 })], 'ip4 p17 invalid !udp.pkt_too_small'],
    ['UDP length below', [ipv4(), udp({ length: 7 })], 'ip4 p17 invalid !udp.len_invalid'],
    ['too small UDP', [ipv4({ protocol: 17 }), 'x'], 'ip4 p17 invalid !udp.hlen_too_small'],
    ['too small SCTP', [ipv4({ protocol: 132 }), 'x'], 'ip4 p132 invalid !sctp.pkt_too_small'],
    ['too small ICMP', [ipv4({ protocol: 1 }), 'x'], 'ip4 p1 invalid !icmpv4.pkt_too_small'],
    ['too small IGMP', [ipv4({ protocol: 2 }), 'x'], 'ip4 p2 invalid !igmp.pkt_too_small'],
    ['too small ESP', [ipv4({ protocol: 50 }), 'x'], 'ip4 p50 invalid !esp.pkt_too_small'],
    ['too small GRE', [ipv4({ protocol: 47 }), 'x'], 'ip4 p47 invalid !gre.pkt_too_small'],
    ['ICMP type', [ipv4(), icmp({ type: 99 })], 'ip4 p1 99>0 !icmpv4.unknown_type'],
    ['ICMP code', [ipv4(), icmp({ code: 9 })], 'ip4 p1 8>9 !icmpv4.unknown_code'],
    ['ICMP error', [ipv4(), icmp({ type: 3, code: 1 }), ipv4(), tcp()], 'ip4 p1 3>1'],
    ['ICMP error cut', [ipv4(), icmp({ type: 3 }), 'x'], 'ip4 p1 3>0 !icmpv4.ipv4_trunc_pkt'],
    ['ICMP error of IPv6', [ipv4(), icmp({ type: 3 }), ipv6()], 'ip4 p1 3>0 !icmpv4.ipv4_unknown_ver'],
  ];
  test.each(cases)('%s', (_, parts, ...expected) =>
    expectLayers(LinkType.ETHERNET, [ethernet({ etherType: 0x0800 }), ...parts], expected),
  );
});

describe('IPv6', () => {
  const cases: Case[] = [
    ['hop by hop', [ipv6(), hopByHop(), tcp()], IS_TCP6],
    [
      'all extension headers',
      [
        ipv6(),
        hopByHop(),
        destinationOptions(hex('c9100000000000000000000000000000000000')),
        routing(),
        destinationOptions(hex('c910000000000000000000000000000000')),
        ah(),
        tcp(),
      ],
      `${IS_TCP6} !ipv6.dstopts_unknown_opt`,
    ],
    ['atomic fragment', [ipv6(), fragment(), tcp()], `${IS_TCP6} !ipv6.exthdr_useless_fh`],
    [
      'reserved bits of a fragment',
      [ipv6(), fragment({ reserved: 1 }), tcp()],
      `${IS_TCP6} !ipv6.exthdr_useless_fh !ipv6.fh_non_zero_reserved_field`,
    ],
    ['hop by hop twice', [ipv6(), hopByHop(), hopByHop(), tcp()], `${IS_TCP6} !ipv6.exthdr_dupl_hh`],
    ['routing twice', [ipv6(), routing(), routing(), tcp()], `${IS_TCP6} !ipv6.exthdr_dupl_rh`],
    ['routing type 0', [ipv6(), routing(0), tcp()], `${IS_TCP6} !ipv6.rh_type_0`],
    [
      'authentication twice',
      [ipv6(), ah(), ah({ reserved: 1 }), tcp()],
      `${IS_TCP6} !ipv6.exthdr_dupl_ah !ipv6.exthdr_ah_res_not_null`,
    ],
    [
      'only padding',
      [ipv6(), hopByHop(hex('0100')), tcp()],
      `${IS_TCP6} !ipv6.hopopts_only_padding !ipv6.zero_len_padn`,
    ],
    [
      'only padding for the destination',
      [ipv6(), destinationOptions(), tcp()],
      `${IS_TCP6} !ipv6.dstopts_only_padding`,
    ],
    ['unknown option', [ipv6(), hopByHop(hex('1e0100')), tcp()], `${IS_TCP6} !ipv6.hopopts_unknown_opt`],
    [
      'option too long',
      [ipv6(), hopByHop(hex('1e44000000')), tcp()],
      `${IS_TCP6} !ipv6.exthdr_invalid_optlen`,
    ],
    [
      'router alert of wrong length',
      [ipv6(), hopByHop(hex('0501000000')), tcp()],
      `${IS_TCP6} !ipv6.exthdr_invalid_optlen`,
    ],
    ['extension header cut', [ipv6({ protocol: 0 }), hex('06ff')], 'ip6 p0 invalid !ipv6.trunc_exthdr'],
    [
      'nothing behind an extension header',
      [ipv6(), hopByHop(undefined, 6)],
      'ip6 p6 invalid !ipv6.trunc_exthdr',
    ],
    ['no next header', [ipv6()], 'ip6 p59'],
    ['data without header', [ipv6({ protocol: 59 }), 'x'], 'ip6 p59 !ipv6.data_after_none_header'],
    ['unknown next header', [ipv6({ protocol: 200 }), 'x'], 'ip6 p200 !ipv6.unknown_next_header'],
    ['ICMPv4 inside', [ipv6(), icmp()], 'ip6 p1 !ipv6.icmpv4'],
    ['version', [ipv6({ version: 5 }), tcp()], 'invalid !ipv6.wrong_ip_version'],
    ['truncated', [ipv6({ length: 99 }), tcp()], 'invalid !ipv6.trunc_pkt'],
    ['too small', ['x'], 'invalid !ipv6.pkt_too_small'],
    ['ESP', [ipv6(), esp(7)], 'ip6 p50'],
    ['ESP cut', [ipv6({ protocol: 50 }), 'x'], 'ip6 p50 invalid !ipv6.trunc_exthdr'],
    ['ICMPv6', [ipv6(), icmpv6()], 'ip6 p58 128>0'],
    ['ICMPv6 type', [ipv6(), icmpv6({ type: 99 })], 'ip6 p58 99>0 !icmpv6.unassigned_type'],
    ['ICMPv6 experiment', [ipv6(), icmpv6({ type: 100 })], 'ip6 p58 100>0 !icmpv6.experimentation_type'],
    ['ICMPv6 unknown type', [ipv6(), icmpv6({ type: 255 })], 'ip6 p58 255>0 !icmpv6.unknown_type'],
    ['ICMPv6 code', [ipv6(), icmpv6({ type: 128, code: 3 })], 'ip6 p58 128>3 !icmpv6.unknown_code'],
    ['ICMPv6 error', [ipv6(), icmpv6({ type: 1 }), ipv6(), tcp()], 'ip6 p58 1>0'],
    ['ICMPv6 error cut', [ipv6(), icmpv6({ type: 1 }), 'x'], 'ip6 p58 1>0 !icmpv6.ipv6_trunc_pkt'],
    [
      'ICMPv6 error of IPv4',
      [ipv6(), icmpv6({ type: 1 }), ipv4(), tcp(), 'xxxxxxx'],
      'ip6 p58 1>0 !icmpv6.ipv6_unknown_version',
    ],
    [
      'multicast listener from afar',
      [ipv6(), icmpv6({ type: 131 })],
      'ip6 p58 131>0 !icmpv6.mld_message_with_invalid_hl',
    ],
    ['IPv4 in IPv6, too small', [ipv6({ protocol: 4 }), 'x'], 'ip6 p4 invalid !ipv6.ipv4_in_ipv6_too_small'],
    [
      'IPv6 in IPv6, too small',
      [ipv6({ protocol: 41 }), 'x'],
      'ip6 p41 invalid !ipv6.ipv6_in_ipv6_too_small',
    ],
    [
      'IPv4 in IPv6, version',
      [ipv6({ protocol: 4 }), ipv6()],
      'ip6 p4 invalid !ipv6.ipv4_in_ipv6_wrong_version',
    ],
    [
      'IPv6 in IPv6, version',
      [ipv6({ protocol: 41 }), ipv4(), tcp()],
      'ip6 p41 invalid !ipv6.ipv6_in_ipv6_wrong_version',
    ],
  ];
  test.each(cases)('%s', (_, parts, ...expected) =>
    expectLayers(LinkType.ETHERNET, [ethernet({ etherType: 0x86dd }), ...parts], expected),
  );
});

describe('tunnels', () => {
  const frame = [ethernet(), ...TCP4];
  const cases: Case[] = [
    ['IPv4 in IPv4', [ipv4(), ...TCP4], 'ip4 p4', IS_TCP4],
    ['IPv6 in IPv4', [ipv4(), ...TCP6], 'ip4 p41', IS_TCP6],
    ['IPv4 in IPv6', [ipv6(), ...TCP4], 'ip6 p4', IS_TCP4],
    ['IPv6 in IPv6', [ipv6(), ...TCP6], 'ip6 p41', IS_TCP6],
    ['IPv4 in IPv4, nothing inside', [ipv4({ protocol: 4 }), 'x'], 'ip4 p4'],
    ['three deep', [ipv4(), ipv6(), ...TCP4], 'ip4 p41', 'ip6 p4', IS_TCP4],
    ['GRE', [ipv4(), gre(), ...TCP6], 'ip4 p47', IS_TCP6],
    [
      'GRE with all fields',
      [ipv4(), gre({ checksum: true, key: 1, sequence: 2 }), ...TCP4],
      'ip4 p47',
      IS_TCP4,
    ],
    [
      'GRE with routes',
      [
        ipv4(),
        gre({ flags: 0x4000, protocol: 0x0800 }),
        hex('00000000 0800 0004 01020304 00000000'),
        ...TCP4,
      ],
      'ip4 p47',
      IS_TCP4,
    ],
    [
      'GRE, bad routes',
      [ipv4(), gre({ flags: 0x4000 }), hex('00000000 08000099')],
      'ip4 p47 invalid !gre.version0_malformed_sre_hdr',
    ],
    ['GRE, Ethernet', [ipv4(), gre(), ...frame], 'ip4 p47', IS_TCP4],
    ['GRE, VLAN', [ipv4(), gre(), vlan(9), ...TCP4], 'ip4 p47', `vlan9 ${IS_TCP4}`],
    ['GRE, PPP', [ipv4(), gre({ protocol: 0x880b }), ppp(), ...TCP4], 'ip4 p47', IS_TCP4],
    [
      'PPTP',
      [ipv4(), gre({ version: 1, key: 1, sequence: 1, acknowledgment: 1 }), ppp(), ...TCP4],
      'ip4 p47',
      IS_TCP4,
    ],
    ['PPTP acknowledgment', [ipv4(), gre({ version: 1, key: 1, acknowledgment: 1 })], 'ip4 p47'],
    ['GRE in IPv6', [ipv6(), gre(), ...TCP4], 'ip6 p47', IS_TCP4],
    ['GRE, header cut', [ipv4(), gre({ flags: 0xb000 })], 'ip4 p47 invalid !gre.version0_hdr_too_big'],
    ['GRE, recursion', [ipv4(), gre({ flags: 0x0100 })], 'ip4 p47 invalid !gre.version0_recur'],
    ['GRE, flags', [ipv4(), gre({ flags: 0x0008 })], 'ip4 p47 invalid !gre.version0_flags'],
    ['GRE, version', [ipv4(), gre({ flags: 2 })], 'ip4 p47 invalid !gre.wrong_version'],
    ['PPTP, checksum', [ipv4(), gre({ flags: 0x8001 })], 'ip4 p47 invalid !gre.version1_chksum'],
    ['PPTP, routes', [ipv4(), gre({ flags: 0x4001 })], 'ip4 p47 invalid !gre.version1_route'],
    ['PPTP, strict route', [ipv4(), gre({ flags: 0x0801 })], 'ip4 p47 invalid !gre.version1_ssr'],
    ['PPTP, recursion', [ipv4(), gre({ flags: 0x0101 })], 'ip4 p47 invalid !gre.version1_recur'],
    ['PPTP, flags', [ipv4(), gre({ flags: 0x0011 })], 'ip4 p47 invalid !gre.version1_flags'],
    [
      'PPTP, protocol',
      [ipv4(), gre({ flags: 0x2001, protocol: 0x0800 })],
      'ip4 p47 invalid !gre.version1_wrong_protocol',
    ],
    ['PPTP, no key', [ipv4(), gre({ flags: 1, protocol: 0x880b })], 'ip4 p47 invalid !gre.version1_no_key'],
    [
      'PPTP, cut',
      [ipv4(), gre({ flags: 0x3001, protocol: 0x880b })],
      'ip4 p47 invalid !gre.version1_hdr_too_big',
    ],
    ['ERSPAN I', [ipv4(), gre(), erspanTypeOne(), ...frame], 'ip4 p47', IS_TCP4],
    [
      'ERSPAN II',
      [ipv4(), gre({ sequence: 1 }), erspan({ vlan: 23 }), ...frame],
      'ip4 p47',
      `vlan23 ${IS_TCP4}`,
    ],
    [
      'ERSPAN of another version',
      [ipv4(), gre({ sequence: 1 }), erspan({ version: 3 }), ...frame],
      'ip4 p47',
    ],
    ['VXLAN', [ipv4(), udp({ dport: 4789 }), vxlan(), ...frame], 'ip4 p17 40000>4789', IS_TCP4],
    ['not VXLAN', [ipv4(), udp({ dport: 4789 }), vxlan(1, 0), ...frame], 'ip4 p17 40000>4789'],
    [
      'VXLAN, unknown inside',
      [ipv4(), udp({ dport: 4789 }), vxlan(), ethernet({ etherType: 0x1234 }), 'x'],
      'ip4 p17 40000>4789 !vxlan.unknown_payload_type',
    ],
    ['Geneve', [ipv4(), udp({ dport: 6081 }), geneve(), ...frame], 'ip4 p17 40000>6081', IS_TCP4],
    [
      'Geneve with options, IPv6',
      [ipv4(), udp({ dport: 6081 }), geneve({ options: hex('0000000100000000') }), ...TCP6],
      'ip4 p17 40000>6081',
      IS_TCP6,
    ],
    [
      'Geneve, unknown inside',
      [ipv4(), udp({ dport: 6081 }), geneve({ protocol: 0x1234 }), 'x'],
      'ip4 p17 40000>6081 !geneve.unknown_payload_type',
    ],
    ['Teredo', [ipv4(), udp({ dport: 3544 }), ...TCP6], 'ip4 p17 40000>3544', IS_TCP6],
    ['Teredo back', [ipv4(), udp({ sport: 3544 }), ...TCP6], 'ip4 p17 3544>53', IS_TCP6],
    [
      'Teredo with origin',
      [ipv4(), udp({ dport: 3544 }), hex('0000 1234 01020304'), ...TCP6],
      'ip4 p17 40000>3544',
      IS_TCP6,
    ],
    ['not Teredo', [ipv4(), udp({ dport: 3544 }), ipv6({ length: 7 }), 'x'], 'ip4 p17 40000>3544'],
  ];
  test.each(cases)('%s', (_, parts, ...expected) =>
    expectLayers(LinkType.ETHERNET, [ethernet(), ...parts], expected),
  );

  test('an inner packet is tied to its outer one, and gone with it', async () => {
    const { thread, one } = await decoder();
    const [outer, inner] = one(packet(ethernet(), ipv4(), ...TCP6));
    expect(thread.field(inner!, Packet.ROOT)).toBe(outer);
    expect(thread.field(inner!, Packet.PSEUDO)).toBe(Packet.PSEUDO_TUNNEL);
    expect(thread.field(inner!, Packet.TUNNEL_KIND)).toBe(LinkType.TUNNEL_IPV4);
    expect(thread.field(inner!, Packet.RECURSION)).toBe(1);
    expect(thread.field(inner!, Packet.NUMBER)).toBe(thread.field(outer!, Packet.NUMBER));
    expect(thread.field(outer!, Packet.REFERENCES)).toBe(2);
    expect(thread.field(outer!, Packet.VERDICTS_AWAITED)).toBe(1);
    expect(thread.field(outer!, Packet.FLAGS) & Packet.FLAG_NO_PAYLOAD_INSPECTION).not.toBe(0);
    expect(thread.payload(inner!)).toBe('data');
    thread.release([outer!, inner!]);
    expect(thread.pool.idle).toBe(true);
  });

  test('without slots what is done is handed on first', async () => {
    const handedOn: number[] = [];
    const { thread, decode } = await decoder({
      slots: 4,
      onPassOn: batch => {
        handedOn.push(...batch.slots.subarray(0, batch.length));
        thread.releaseBatch(batch);
      },
    });
    const tunnel = packet(ethernet(), ipv4(), ...TCP6);
    const left = decode([tunnel, tunnel, tunnel]);
    expect([...handedOn, ...left].length).toBe(6);
    expect(thread.counters.read('decoder.tunnel_no_slot')).toBe(0);
  });

  test('without any slot the outer packet stays and the loss is counted', async () => {
    const { thread, one } = await decoder({ slots: 1 });
    expect(one(packet(ethernet(), ipv4(), ...TCP6)).length).toBe(1);
    expect(thread.counters.read('decoder.tunnel_no_slot')).toBe(1);
  });

  test('ports are configured', async () => {
    const config = { decoder: { vxlan: { ports: '[100, 200:202]' }, teredo: { enabled: false } } };
    const { one } = await decoder({ config });
    const count = (dport: number, ...inside: Part[]) =>
      one(packet(ethernet(), ipv4(), udp({ dport }), ...inside)).length;
    expect(count(100, vxlan(), ...frame)).toBe(2);
    expect(count(201, vxlan(), ...frame)).toBe(2);
    expect(count(4789, vxlan(), ...frame)).toBe(1);
    expect(count(3544, ...TCP6)).toBe(1);
  });

  test('Teredo is looked for at any port where none is named', async () => {
    const count = async (config: object) =>
      (await decoder({ config } as never)).one(packet(ethernet(), ipv4(), udp({ dport: 99 }), ...TCP6))
        .length;
    expect(await count({})).toBe(2);
    expect(await count({ decoder: { teredo: { ports: '$TEREDO_PORTS' } } })).toBe(1);
  });

  test('VN-Tag and ERSPAN type I are left alone where they are off', async () => {
    const config = { decoder: { vntag: { enabled: false }, erspan: { typeI: { enabled: false } } } };
    const { thread, one } = await decoder({ config });
    expect(one(packet(ethernet(), ipv4(), gre(), erspanTypeOne(), ...frame)).length).toBe(1);
    one(packet(ethernet(), vntag(), ...TCP4));
    expect(thread.counters.read('decoder.erspan')).toBe(0);
    expect(thread.counters.read('decoder.vntag')).toBe(0);
    expect(thread.counters.read('decoder.event.ethernet.unknown_ethertype')).toBe(1);
  });

  test('ports come from variables', async () => {
    const config = { vars: { 'port-groups': { VXLAN_PORTS: 99 } } };
    const { one } = await decoder({ config });
    expect(one(packet(ethernet(), ipv4(), udp({ dport: 99 }), vxlan(), ...frame)).length).toBe(2);
  });
});

test('every packet cut at every length is decoded without error', async () => {
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

test('bytes behind the IP packet are no payload', async () => {
  const { thread, one } = await decoder();
  const [slot] = one(concat(packet(ethernet(), ...TCP4), u16(0), 'padding'));
  expect(thread.payload(slot!)).toBe('data');
});
