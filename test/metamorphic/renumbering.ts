/** Packets with other addresses and ports; checksums stay as right or wrong as they were (RFC 1624). */
import { layersOf, TCP, viewOf } from '../fuzz/packet-layers.js';

/** Offsets of addresses, and their length. */
interface Header {
  readonly addresses: number;
  readonly length: 4 | 16;
  readonly transport: number;
  readonly protocol: number;
}

export interface Renumbering {
  /** Another address of the same length: an unused one, or the one assigned earlier. */
  address(bytes: Uint8Array): Uint8Array;
  /** @param other the port of the other side */
  port?(port: number, other: number): number;
}

const UDP = 17;
const ICMP = 1;
const ICMP6 = 58;
const ERROR_TYPES: Readonly<Record<number, readonly number[]>> = {
  [ICMP]: [3, 4, 5, 11, 12],
  [ICMP6]: [1, 2, 3, 4],
};
/** Offset of the checksum in the transport header. */
const CHECKSUM_OFFSETS: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6, [ICMP]: 2, [ICMP6]: 2 };

/** @returns undefined unless it is a plain IP packet */
export function renumbered(
  link: number,
  packet: Uint8Array,
  renumbering: Renumbering,
): Uint8Array | undefined {
  const layers = layersOf(link, packet);
  if (!layers) return undefined;
  // With a truncated header, the bytes in place of the checksum would be changed.
  if (layers.protocol === TCP && layers.payload - layers.transport < 20) return undefined;
  const copy = packet.slice();
  const { network, transport, protocol, version, end } = layers;
  const header: Header = { ...addressField(version, network), transport, protocol };
  const ranges = renumber(copy, header, renumbering, end);
  // The checksum of ICMP does not cover addresses, that of ICMPv6 does.
  const sum = transport + (CHECKSUM_OFFSETS[protocol] ?? Number.NaN);
  if (sum + 2 > end) return undefined;
  const hasNoChecksum = protocol === UDP && viewOf(packet).getUint16(sum) === 0;
  if (!Number.isNaN(sum) && !hasNoChecksum)
    for (const [at, length] of ranges)
      if (protocol !== ICMP || at >= transport) updateChecksum(copy, sum, packet, at, length);
  return copy;
}

function addressField(version: 4 | 6, network: number): Pick<Header, 'addresses' | 'length'> {
  return version === 4 ? { addresses: network + 12, length: 4 } : { addresses: network + 8, length: 16 };
}

/** @returns offsets and lengths of changed bytes */
function renumber(
  copy: Uint8Array,
  header: Header,
  renumbering: Renumbering,
  end: number,
): [number, number][] {
  const { addresses, length, transport, protocol } = header;
  const before = copy.slice();
  for (const at of [addresses, addresses + length])
    copy.set(renumbering.address(copy.slice(at, at + length)), at);
  if (length === 4) updateChecksum(copy, addresses - 2, before, addresses, 8);
  const ranges: [number, number][] = [[addresses, 2 * length]];
  if ((protocol === TCP || protocol === UDP) && renumbering.port && transport + 4 <= end) {
    const view = viewOf(copy);
    const ports = [view.getUint16(transport), view.getUint16(transport + 2)] as const;
    view.setUint16(transport, renumbering.port(ports[0], ports[1]));
    view.setUint16(transport + 2, renumbering.port(ports[1], ports[0]));
    ranges.push([transport, 4]);
  }
  if (ERROR_TYPES[protocol]?.includes(copy[transport]!))
    ranges.push(...renumberQuoted(copy, transport + 8, renumbering, end));
  return ranges;
}

/** The packet quoted by an ICMP message. */
function renumberQuoted(
  copy: Uint8Array,
  network: number,
  renumbering: Renumbering,
  end: number,
): [number, number][] {
  const version = copy[network]! >> 4;
  const isIpv4 = version === 4;
  const transport = network + (isIpv4 ? (copy[network]! & 15) * 4 : 40);
  if ((version !== 4 && version !== 6) || transport > end) return [];
  const protocol = copy[network + (isIpv4 ? 9 : 6)]!;
  const inner = { ...addressField(version, network), transport, protocol };
  const ranges = renumber(copy, inner, renumbering, end);
  return isIpv4 ? [[network + 10, 2], ...ranges] : ranges;
}

/** Updates a checksum for changed bytes, which begin at an even distance from it. */
function updateChecksum(
  copy: Uint8Array,
  checksumOffset: number,
  before: Uint8Array,
  at: number,
  length: number,
): void {
  const [current, previous] = [viewOf(copy), viewOf(before)];
  let sum = ~current.getUint16(checksumOffset) & 0xffff;
  for (let i = at; i < at + length; i += 2) sum += (~previous.getUint16(i) & 0xffff) + current.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  current.setUint16(checksumOffset, ~sum & 0xffff);
}
