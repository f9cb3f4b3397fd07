import { describe, test } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import {
  ah,
  destinationOptions,
  esp,
  ethernet,
  fragment,
  hex,
  hopByHop,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  routing,
  tcp,
} from '../packets/builder.js';
import { type Case, expectLayers, IS_TCP6 } from './layers.js';

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
    ['extension header truncated', [ipv6({ protocol: 0 }), hex('06ff')], 'ip6 p0 invalid !ipv6.trunc_exthdr'],
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
    ['ESP truncated', [ipv6({ protocol: 50 }), 'x'], 'ip6 p50 invalid !ipv6.trunc_exthdr'],
    ['ICMPv6', [ipv6(), icmpv6()], 'ip6 p58 128>0'],
    ['ICMPv6 type', [ipv6(), icmpv6({ type: 99 })], 'ip6 p58 99>0 !icmpv6.unassigned_type'],
    ['ICMPv6 experiment', [ipv6(), icmpv6({ type: 100 })], 'ip6 p58 100>0 !icmpv6.experimentation_type'],
    [
      'ICMPv6 other experiment',
      [ipv6(), icmpv6({ type: 101 })],
      'ip6 p58 101>0 !icmpv6.experimentation_type',
    ],
    ['ICMPv6 node information', [ipv6(), icmpv6({ type: 140, code: 2 })], 'ip6 p58 140>2'],
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
    ['multicast listener', [ipv6({ hopLimit: 1 }), icmpv6({ type: 131 })], 'ip6 p58 131>0'],
    ['router solicitation', [ipv6({ hopLimit: 255 }), icmpv6({ type: 133 })], 'ip6 p58 133>0'],
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
