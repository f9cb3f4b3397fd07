/** Packets are tunneled: VLAN tags, MPLS labels, sessions, other packets. Records of inner packets stay the same. */
import type { Layer } from '../../packets/builder.js';
import {
  address6,
  type Bytes,
  ethernet,
  geneve,
  gre,
  ipv4,
  ipv6,
  mpls,
  packet,
  pppoe,
  u16,
  udp,
  vlan,
  vxlan,
} from '../../packets/builder.js';
import { written } from '../address-book.js';
import { DECODER_EVENTS, HEADER_LENGTHS, LINK_HEADERS, PACKET_BYTES } from '../left-out.js';
import { ETHERNET_BYTES, ipOf, isTunnel, onEthernet, plainCapture } from '../plain-ip.js';
import { withoutBytes } from '../records-back.js';
import type { Retelling } from '../retelling.js';
import { withCaptures } from '../story.js';

const ENDS = { source: '203.0.113.77', destination: '203.0.113.78' };
const FOUR = ipv4(ENDS);
const SIX = { source: '2001:db8:ffff::1', destination: '2001:db8:ffff::2' };
const OUTER = new Set([
  ...Object.values(ENDS),
  ...Object.values(SIX).map(address => written(address6(address))),
]);

interface Tunnel {
  /** Headers before the packet: of the IP packet, or of the whole Ethernet frame. */
  readonly layers: (type: number) => readonly (Layer | Bytes)[];
  readonly carries: 'ip' | 'ethernet';
  /** Bytes added to the packets of a flow; packets tunneled in IP have flows of their own. */
  readonly longer: number;
}

const protocolOf = (type: number): number => (type === 0x0800 ? 4 : 41);
const pppOf = (type: number): Uint8Array => u16(type === 0x0800 ? 0x21 : 0x57);
const IN_IP = { carries: 'ip', longer: -ETHERNET_BYTES } as const;

/** By name. */
export const TUNNELS: Readonly<Record<string, Tunnel>> = {
  vlan: { layers: type => [ethernet(), vlan(7, { etherType: type })], carries: 'ip', longer: 4 },
  qinq: {
    layers: type => [ethernet(), vlan(7, { type: 0x88a8 }), vlan(8, { etherType: type })],
    ...{ carries: 'ip', longer: 8 },
  },
  mpls: { layers: () => [ethernet(), mpls(16, false), mpls(17)], carries: 'ip', longer: 8 },
  pppoe: { layers: type => [ethernet(), pppoe(), pppOf(type)], carries: 'ip', longer: 8 },
  gre: { layers: type => [ethernet(), FOUR, gre({ protocol: type })], ...IN_IP },
  'gre with key': {
    layers: type => [ethernet(), FOUR, gre({ protocol: type, key: 5, sequence: 1 })],
    ...IN_IP,
  },
  'gre of ethernet': {
    layers: () => [ethernet(), FOUR, gre({ protocol: 0x6558 })],
    ...{ carries: 'ethernet', longer: 0 },
  },
  ipip: { layers: type => [ethernet(), ipv4({ ...ENDS, protocol: protocolOf(type) })], ...IN_IP },
  'in ipv6': { layers: type => [ethernet(), ipv6({ ...SIX, protocol: protocolOf(type) })], ...IN_IP },
  vxlan: { layers: () => [ethernet(), FOUR, udp({ dport: 4789 }), vxlan(5)], carries: 'ethernet', longer: 0 },
  geneve: {
    layers: type => [ethernet(), FOUR, udp({ dport: 6081 }), geneve({ protocol: type })],
    ...IN_IP,
  },
  'geneve of ethernet': {
    layers: () => [ethernet(), FOUR, udp({ dport: 6081 }), geneve({ protocol: 0x6558 })],
    ...{ carries: 'ethernet', longer: 0 },
  },
  'vlan in vxlan': {
    layers: type => [
      ...[ethernet(), FOUR, udp({ dport: 4789 }), vxlan(5)],
      ...[ethernet(), vlan(9, { etherType: type })],
    ],
    ...{ carries: 'ip', longer: 4 },
  },
};

/** Longer packets and these headers do not fit into an IP packet. */
const LONGEST = 65_400;

const tunnels: Retelling = (story, random) => {
  const names = Object.keys(TUNNELS);
  const name = names[random(names.length)]!;
  const { layers, carries, longer } = TUNNELS[name]!;
  const fits = (ip: Uint8Array) => ip.length < LONGEST;
  const plain = withCaptures(story, capture =>
    plainCapture(capture, (data, found) => {
      const ip = ipOf(data, found);
      return fits(ip) && !isTunnel(found, data) ? onEthernet(ip) : undefined;
    }),
  );
  const inside = withCaptures(plain, ({ packets }) => ({
    linkType: 1,
    packets: packets.map(({ time, data }) => {
      const type = (data[12]! << 8) | data[13]!;
      return {
        time: time!,
        data: packet(...layers(type), data.subarray(carries === 'ip' ? ETHERNET_BYTES : 0)),
      };
    }),
  }));
  return {
    name: `tunnel ${name}`,
    told: plain,
    retold: inside,
    leftOut: [DECODER_EVENTS, LINK_HEADERS, HEADER_LENGTHS, PACKET_BYTES],
    back: ({ capture, record }) =>
      OUTER.has(record['src_ip']) ? undefined : { capture, record: withoutBytes(record, longer) },
  };
};
export default tunnels;
