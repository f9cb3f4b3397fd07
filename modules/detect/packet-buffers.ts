/** Headers of the current packet as buffers: `ipv4.hdr`, `tcp.hdr` … */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../../signatures/inspection.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const IPV6_HEADER = 40;

/** Sets the current buffer to a header of the packet. @returns false when the packet has none */
export function packetBuffer(at: Inspection, name: string): boolean {
  const length = headerLength(at, name);
  if (length <= 0) return false;
  const start = headerStart(at, name);
  if (start === 0) return false;
  at.bytes = at.memory.bytes;
  at.start = start;
  at.end = start + length;
  at.cursor = start;
  at.atBeginning = true;
  at.atEnd = true;
  return true;
}

/** 0 when the packet has no such header. */
function headerStart(at: Inspection, name: string): number {
  const { row } = at.memory;
  const { p } = at;
  const l3 = row[p + Packet.L3]!;
  if (name === 'ether.hdr') return row[p + Packet.L2]!;
  if (l3 === 0) return 0;
  const version = row[p + Packet.IP_VERSION]!;
  if (name === 'ip.src') return l3 + (version === 4 ? 12 : 8);
  if (name === 'ip.dst') return l3 + (version === 4 ? 16 : 24);
  return name.startsWith('ip') ? l3 : row[p + Packet.L4]!;
}

function headerLength(at: Inspection, name: string): number {
  const { row, bytes } = at.memory;
  const { p } = at;
  const version = row[p + Packet.IP_VERSION]!;
  const protocol = row[p + Packet.PROTOCOL]!;
  const l4 = row[p + Packet.L4]!;
  switch (name) {
    case 'ether.hdr':
      return 14;
    case 'ip.src':
    case 'ip.dst':
      return version === 4 ? 4 : version === 6 ? 16 : 0;
    case 'ipv4.hdr':
      return version === 4 ? (bytes[row[p + Packet.L3]!]! & 15) * 4 : 0;
    case 'ipv6.hdr':
      return version === 6 ? ipv6Length(at, l4) : 0;
    case 'tcp.hdr':
      return protocol === TCP && l4 > 0 ? (bytes[l4 + 12]! >>> 4) * 4 : 0;
    case 'udp.hdr':
      return protocol === UDP ? 8 : 0;
    case 'icmpv4.hdr':
      return version === 4 && protocol === 1 ? 8 : 0;
    case 'icmpv6.hdr':
      return version === 6 && protocol === 58 ? 8 : 0;
    case 'igmp.hdr':
      return protocol === 2 ? row[p + Packet.PAYLOAD]! + row[p + Packet.PAYLOAD_LENGTH]! - l4 : 0;
    case 'sctp.hdr':
      return protocol === SCTP ? 12 : 0;
    default:
      return 0;
  }
}

/** The IPv6 header with its extension headers: up to the payload when there is no known header after it. */
function ipv6Length(at: Inspection, l4: number): number {
  const { row } = at.memory;
  const l3 = row[at.p + Packet.L3]!;
  const end = l4 || row[at.p + Packet.PAYLOAD]!;
  return end > l3 ? end - l3 : IPV6_HEADER;
}
