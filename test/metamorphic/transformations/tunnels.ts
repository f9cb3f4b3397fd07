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
import { addressText } from '../address-mapping.js';
import { DECODER_EVENTS, HEADER_LENGTHS, LINK_HEADERS, PACKET_BYTES } from '../ignored-differences.js';
import { ETHERNET_BYTES, ipOf, isTunnel, plainCapture, withEthernet } from '../plain-ip.js';
import { withoutBytes } from '../record-restoration.js';
import { withCaptures } from '../scenario.js';
import type { Transformation } from '../transformation.js';

const ENDPOINTS_V4 = { source: '203.0.113.77', destination: '203.0.113.78' };
const OUTER_IPV4 = ipv4(ENDPOINTS_V4);
const ENDPOINTS_V6 = { source: '2001:db8:ffff::1', destination: '2001:db8:ffff::2' };
const OUTER_ADDRESSES = new Set([
  ...Object.values(ENDPOINTS_V4),
  ...Object.values(ENDPOINTS_V6).map(address => addressText(address6(address))),
]);

interface Tunnel {
  /** Headers before the packet: of the IP packet, or of the whole Ethernet frame. */
  readonly layers: (type: number) => readonly (Layer | Bytes)[];
  readonly carries: 'ip' | 'ethernet';
  /** Bytes added to the packets of a flow; packets tunneled in IP have flows of their own. */
  readonly extraBytes: number;
}

const ipProtocol = (type: number): number => (type === 0x0800 ? 4 : 41);
const pppProtocol = (type: number): Uint8Array => u16(type === 0x0800 ? 0x21 : 0x57);
const IN_IP = { carries: 'ip', extraBytes: -ETHERNET_BYTES } as const;

/** By name. */
export const TUNNELS: Readonly<Record<string, Tunnel>> = {
  vlan: { layers: type => [ethernet(), vlan(7, { etherType: type })], carries: 'ip', extraBytes: 4 },
  qinq: {
    layers: type => [ethernet(), vlan(7, { type: 0x88a8 }), vlan(8, { etherType: type })],
    ...{ carries: 'ip', extraBytes: 8 },
  },
  mpls: { layers: () => [ethernet(), mpls(16, false), mpls(17)], carries: 'ip', extraBytes: 8 },
  pppoe: { layers: type => [ethernet(), pppoe(), pppProtocol(type)], carries: 'ip', extraBytes: 8 },
  gre: { layers: type => [ethernet(), OUTER_IPV4, gre({ protocol: type })], ...IN_IP },
  'gre with key': {
    layers: type => [ethernet(), OUTER_IPV4, gre({ protocol: type, key: 5, sequence: 1 })],
    ...IN_IP,
  },
  'gre of ethernet': {
    layers: () => [ethernet(), OUTER_IPV4, gre({ protocol: 0x6558 })],
    ...{ carries: 'ethernet', extraBytes: 0 },
  },
  ipip: { layers: type => [ethernet(), ipv4({ ...ENDPOINTS_V4, protocol: ipProtocol(type) })], ...IN_IP },
  'in ipv6': {
    layers: type => [ethernet(), ipv6({ ...ENDPOINTS_V6, protocol: ipProtocol(type) })],
    ...IN_IP,
  },
  vxlan: {
    layers: () => [ethernet(), OUTER_IPV4, udp({ dport: 4789 }), vxlan(5)],
    carries: 'ethernet',
    extraBytes: 0,
  },
  geneve: {
    layers: type => [ethernet(), OUTER_IPV4, udp({ dport: 6081 }), geneve({ protocol: type })],
    ...IN_IP,
  },
  'geneve of ethernet': {
    layers: () => [ethernet(), OUTER_IPV4, udp({ dport: 6081 }), geneve({ protocol: 0x6558 })],
    ...{ carries: 'ethernet', extraBytes: 0 },
  },
  'vlan in vxlan': {
    layers: type => [
      ...[ethernet(), OUTER_IPV4, udp({ dport: 4789 }), vxlan(5)],
      ...[ethernet(), vlan(9, { etherType: type })],
    ],
    ...{ carries: 'ip', extraBytes: 4 },
  },
};

/** Longer packets and these headers do not fit into an IP packet. */
const MAX_INNER_BYTES = 65_400;

const tunnels: Transformation = (scenario, random) => {
  const names = Object.keys(TUNNELS);
  const name = names[random(names.length)]!;
  const { layers, carries, extraBytes } = TUNNELS[name]!;
  const fits = (ip: Uint8Array) => ip.length < MAX_INNER_BYTES;
  const plain = withCaptures(scenario, capture =>
    plainCapture(capture, (data, foundLayers) => {
      const ip = ipOf(data, foundLayers);
      return fits(ip) && !isTunnel(foundLayers, data) ? withEthernet(ip) : undefined;
    }),
  );
  const tunneled = withCaptures(plain, ({ packets }) => ({
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
    original: plain,
    transformed: tunneled,
    ignored: [DECODER_EVENTS, LINK_HEADERS, HEADER_LENGTHS, PACKET_BYTES],
    restore: ({ capture, record }) =>
      OUTER_ADDRESSES.has(record['src_ip'])
        ? undefined
        : { capture, record: withoutBytes(record, extraBytes) },
  };
};
export default tunnels;
