import { describe, test } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import { esp, ethernet, hex, icmp, igmp, ipv4, ipv6, sctp, tcp, udp } from '../packets/builder.js';
import { type Case, expectLayers, IS_TCP4 } from './layers.js';

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
    ['ICMP error truncated', [ipv4(), icmp({ type: 3 }), 'x'], 'ip4 p1 3>0 !icmpv4.ipv4_trunc_pkt'],
    ['ICMP error of IPv6', [ipv4(), icmp({ type: 3 }), ipv6()], 'ip4 p1 3>0 !icmpv4.ipv4_unknown_ver'],
  ];
  test.each(cases)('%s', (_, parts, ...expected) =>
    expectLayers(LinkType.ETHERNET, [ethernet({ etherType: 0x0800 }), ...parts], expected),
  );
});
