/** Packet headers as sticky buffers. */
import type { Keyword } from '../keyword.js';

const BUFFERS: readonly (readonly [name: string, summary: string])[] = [
  ['ether.hdr', 'Ethernet header.'],
  ['ipv4.hdr', 'IPv4 header with its options.'],
  ['ipv6.hdr', 'IPv6 header with its extension headers.'],
  ['tcp.hdr', 'TCP header with its options.'],
  ['udp.hdr', 'UDP header.'],
  ['icmpv4.hdr', 'ICMP header.'],
  ['icmpv6.hdr', 'ICMPv6 header.'],
  ['igmp.hdr', 'IGMP message.'],
  ['ip.src', 'Source address, as bytes.'],
  ['ip.dst', 'Destination address, as bytes.'],
];

export const headerBufferKeywords: readonly Keyword[] = BUFFERS.map(([name, summary]) => ({
  name,
  family: 'packet',
  summary,
  grammar: '',
  features: ['no option', 'sticky buffer'],
  parse: (rule, _, at) => rule.setBuffer(name, at),
}));

/** Names of the buffers within packets. */
export const HEADER_BUFFERS: readonly string[] = BUFFERS.map(([name]) => name);
