import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import * as LinkType from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import { tunnelPorts } from '../../modules/decode/tunnel-ports.js';
import decode from '../../modules/decode.js';
import {
  erspan,
  erspanTypeOne,
  ethernet,
  geneve,
  gre,
  hex,
  ipv4,
  ipv6,
  type Part,
  packet,
  ppp,
  udp,
  vlan,
  vntag,
  vxlan,
} from '../packets/builder.js';
import { decoder } from './decoder.js';
import { type Case, expectLayers, IS_TCP4, IS_TCP6, TCP4, TCP6 } from './layers.js';

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
    [
      'PPTP without acknowledgment',
      [ipv4(), gre({ version: 1, key: 1, sequence: 1 }), ppp(), ...TCP4],
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
    [
      'Geneve, no whole frame',
      [ipv4(), udp({ dport: 6081 }), geneve({ protocol: 0x6558 }), 'x'],
      'ip4 p17 40000>6081 !geneve.unknown_payload_type',
    ],
    [
      'Geneve with reserved bits in an option',
      [ipv4(), udp({ dport: 6081 }), geneve({ options: hex('000000e100000000') }), ...frame],
      'ip4 p17 40000>6081',
      IS_TCP4,
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

  test('an inner packet refers to its outer one, and is released with it', async () => {
    const { thread, one } = await decoder();
    const [outer, inner] = one(packet(ethernet(), ipv4(), ...TCP6));
    expect(thread.field(inner!, Packet.ROOT)).toBe(outer);
    expect(thread.field(inner!, Packet.PSEUDO)).toBe(Packet.PSEUDO_TUNNEL);
    expect(thread.field(inner!, Packet.TUNNEL_KIND)).toBe(LinkType.TUNNEL_IPV4);
    expect(thread.field(inner!, Packet.RECURSION)).toBe(1);
    expect(thread.field(inner!, Packet.NUMBER)).toBe(thread.field(outer!, Packet.NUMBER));
    expect(thread.field(outer!, Packet.REFERENCES)).toBe(2);
    expect(thread.field(outer!, Packet.PENDING_VERDICTS)).toBe(1);
    expect(thread.field(outer!, Packet.FLAGS) & Packet.FLAG_NO_PAYLOAD_INSPECTION).not.toBe(0);
    expect(thread.payload(inner!)).toBe('data');
    thread.release([outer!, inner!]);
    expect(thread.pool.idle).toBe(true);
  });

  test('without free slots, finished packets are passed on first', async () => {
    const handedOn: number[] = [];
    const { thread, decode } = await decoder({
      slots: 4,
      onForward: batch => {
        handedOn.push(...batch.slots.subarray(0, batch.length));
        thread.releaseBatch(batch);
      },
    });
    const tunnel = packet(ethernet(), ipv4(), ...TCP6);
    const left = decode([tunnel, tunnel, tunnel]);
    expect([...handedOn, ...left].length).toBe(6);
    expect(thread.counters.read('decoder.tunnel_no_slot')).toBe(0);
  });

  test('without any slot, the outer packet is kept and the loss is counted', async () => {
    const { thread, one } = await decoder({ slots: 1 });
    expect(one(packet(ethernet(), ipv4(), ...TCP6)).length).toBe(1);
    expect(thread.counters.read('decoder.tunnel_no_slot')).toBe(1);
  });

  test('tunnel ports are configurable', async () => {
    const config = { decoder: { vxlan: { ports: '[100, 200:202]' }, teredo: { enabled: false } } };
    const { one } = await decoder({ config });
    const count = (dport: number, ...inside: Part[]) =>
      one(packet(ethernet(), ipv4(), udp({ dport }), ...inside)).length;
    expect(count(100, vxlan(), ...frame)).toBe(2);
    expect(count(201, vxlan(), ...frame)).toBe(2);
    expect(count(4789, vxlan(), ...frame)).toBe(1);
    expect(count(3544, ...TCP6)).toBe(1);
  });

  test.each([
    ['no port', 'ten', '"ten" is not a tunnel port, expected a number, a range such as 100:200, or any'],
    ['an empty range', '20:10', '"20:10" is not a tunnel port'],
    ['above the highest port', '1:65536', '"1:65536" is not a tunnel port'],
    ['a negation of nothing', '!ten', '"ten" is not a tunnel port'],
    ['a variable that contains itself', '$A', 'port variables of a tunnel are nested too deeply: $A'],
  ])('%s is rejected', async (_, ports, message) => {
    const config = { decoder: { vxlan: { ports } }, vars: { 'port-groups': { A: '$A' } } };
    await expect(decoder({ config })).rejects.toThrow(message);
    expect(decode.check!(new Config(config))).toEqual([
      {
        path: 'decoder.vxlan.ports',
        kind: 'unaccepted',
        message: expect.stringContaining(message),
        fatal: true,
      },
    ]);
    expect(decode.check!(new Config({ decoder: { vxlan: { enabled: 'no', ports } } }))).toEqual([]);
  });

  test.each<[string, unknown, number[]]>([
    ['a range with an exception', '[100:200, !150]', [100, 200]],
    ['a negation in front', ['!150', '100:200'], [100, 200]],
    ['all but some', '![100, 200]', [99, 150, 201]],
    ['a nested list', '[99:201, ![100, 200]]', [99, 150, 201]],
    ['all ports except those of a variable', '!$SOME', [99, 150, 201]],
    ['a variable with a negation', '$NOT', [99, 100, 200, 201]],
    ['a negated variable with a negation', '[150, !$NOT]', [150]],
    ['an open range', '[200:]', [200, 201]],
    ['none', '', []],
  ])('ports: %s', (_, value, expected) => {
    const config = new Config({ vars: { 'port-groups': { SOME: '[100,200]', NOT: '!150' } } });
    const ports = tunnelPorts(config, value, 1);
    expect([99, 100, 150, 200, 201].filter(port => ports[port])).toEqual(expected);
  });

  test('Teredo is detected at any port by default', async () => {
    const count = async (config: object) =>
      (await decoder({ config } as never)).one(packet(ethernet(), ipv4(), udp({ dport: 99 }), ...TCP6))
        .length;
    expect(await count({})).toBe(2);
    expect(await count({ decoder: { teredo: { ports: '$TEREDO_PORTS' } } })).toBe(1);
  });

  test('VN-Tag and ERSPAN type I are not decoded if disabled', async () => {
    const config = { decoder: { vntag: { enabled: false }, erspan: { typeI: { enabled: false } } } };
    const { thread, one } = await decoder({ config });
    expect(one(packet(ethernet(), ipv4(), gre(), erspanTypeOne(), ...frame)).length).toBe(1);
    one(packet(ethernet(), vntag(), ...TCP4));
    expect(thread.counters.read('decoder.erspan')).toBe(0);
    expect(thread.counters.read('decoder.vntag')).toBe(0);
    expect(thread.counters.read('decoder.event.ethernet.unknown_ethertype')).toBe(1);
  });

  test('ports can be variables', async () => {
    const config = { vars: { 'port-groups': { VXLAN_PORTS: 99 } } };
    const { one } = await decoder({ config });
    expect(one(packet(ethernet(), ipv4(), udp({ dport: 99 }), vxlan(), ...frame)).length).toBe(2);
  });
});
