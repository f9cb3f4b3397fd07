/** Internet checksums (RFC 1071) in the headers of the current packet. */

import { routedDestinationSum } from '../../engine/packet/routed-destination.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';

export const CHECKSUM_NAMES = [
  'ipv4-csum',
  'tcpv4-csum',
  'tcpv6-csum',
  'udpv4-csum',
  'udpv6-csum',
  'icmpv4-csum',
  'icmpv6-csum',
  'igmp-csum',
] as const;
type ChecksumName = (typeof CHECKSUM_NAMES)[number];

const PROTOCOLS: Readonly<
  Record<Exclude<ChecksumName, 'ipv4-csum'>, readonly [version: number, protocol: number]>
> = {
  'tcpv4-csum': [4, 6],
  'tcpv6-csum': [6, 6],
  'udpv4-csum': [4, 17],
  'udpv6-csum': [6, 17],
  'icmpv4-csum': [4, 1],
  'icmpv6-csum': [6, 58],
  'igmp-csum': [0, 2],
};

/** @returns whether it is valid; undefined if the packet has no such header */
export function internetChecksum(name: ChecksumName, at: Inspection): boolean | undefined {
  const { row, bytes } = at.memory;
  const { p } = at;
  const version = row[p + Packet.IP_VERSION]!;
  const header = row[p + Packet.L3]!;
  if (header === 0 || (version !== 4 && version !== 6)) return undefined;
  if (name === 'ipv4-csum')
    return version === 4 ? folded(sum(bytes, header, (bytes[header]! & 15) * 4, 0)) === 0xffff : undefined;
  const [wantedVersion, protocol] = PROTOCOLS[name];
  const transport = row[p + Packet.L4]!;
  if (transport === 0 || row[p + Packet.PROTOCOL] !== protocol) return undefined;
  if (wantedVersion !== 0 && version !== wantedVersion) return undefined;
  if (protocol === 17 && version === 4 && bytes[transport + 6] === 0 && bytes[transport + 7] === 0)
    return true;
  const length = row[p + Packet.PAYLOAD]! + row[p + Packet.PAYLOAD_LENGTH]! - transport;
  const pseudo =
    protocol === 1 || protocol === 2 ? 0 : pseudoHeader(bytes, header, transport, version, protocol, length);
  return folded(sum(bytes, transport, length, pseudo)) === 0xffff;
}

/** Pseudo-header: addresses, length and protocol (RFC 9293 section 3.1, RFC 8200 section 8.1). */
function pseudoHeader(
  bytes: Uint8Array,
  header: number,
  transport: number,
  version: number,
  protocol: number,
  length: number,
): number {
  if (version === 4) return sum(bytes, header + 12, 8, protocol + length);
  const routed = routedDestinationSum(bytes, header, transport);
  return routed >= 0
    ? sum(bytes, header + 8, 16, protocol + length + routed)
    : sum(bytes, header + 8, 32, protocol + length);
}

function sum(bytes: Uint8Array, offset: number, length: number, initial: number): number {
  let total = initial;
  const end = offset + length;
  for (let i = offset; i + 1 < end; i += 2) total += bytes[i]! * 256 + bytes[i + 1]!;
  return length % 2 === 1 ? total + bytes[end - 1]! * 256 : total;
}

function folded(total: number): number {
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 65_536);
  return total;
}
