import { describe, test } from 'vitest';
import * as LinkType from '../../engine/packet/link-type.js';
import { chdlc, ethernet, hex, ipv4, nullLoop, type Part, ppp, sll, sll2 } from '../packets/builder.js';
import { expectLayers, IS_TCP4, IS_TCP6, TCP4, TCP6 } from './layers.js';

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
