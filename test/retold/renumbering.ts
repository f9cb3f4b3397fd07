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
const IS_ERROR: Readonly<Record<number, readonly number[]>> = {
  [ICMP]: [3, 4, 5, 11, 12],
  [ICMP6]: [1, 2, 3, 4],
};
/** Offset of the checksum in the transport header. */
const CHECKSUM_AT: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6, [ICMP]: 2, [ICMP6]: 2 };

/** @returns undefined unless it is a plain IP packet */
export function renumbered(link: number, packet: Uint8Array, by: Renumbering): Uint8Array | undefined {
  const layers = layersOf(link, packet);
  if (!layers) return undefined;
  // With a truncated header, the bytes in place of the checksum would be changed.
  if (layers.protocol === TCP && layers.payload - layers.transport < 20) return undefined;
  const made = packet.slice();
  const { network, transport, protocol, version, end } = layers;
  const header: Header = { ...addressesOf(version, network), transport, protocol };
  const pieces = renumber(made, header, by, end);
  // The checksum of ICMP does not cover addresses, that of ICMPv6 does.
  const sum = transport + (CHECKSUM_AT[protocol] ?? Number.NaN);
  if (sum + 2 > end) return undefined;
  const isUnsummed = protocol === UDP && viewOf(packet).getUint16(sum) === 0;
  if (!Number.isNaN(sum) && !isUnsummed)
    for (const [at, length] of pieces)
      if (protocol !== ICMP || at >= transport) adjust(made, sum, packet, at, length);
  return made;
}

function addressesOf(version: 4 | 6, network: number): Pick<Header, 'addresses' | 'length'> {
  return version === 4 ? { addresses: network + 12, length: 4 } : { addresses: network + 8, length: 16 };
}

/** @returns offsets and lengths of changed bytes */
function renumber(made: Uint8Array, header: Header, by: Renumbering, end: number): [number, number][] {
  const { addresses, length, transport, protocol } = header;
  const before = made.slice();
  for (const at of [addresses, addresses + length]) made.set(by.address(made.slice(at, at + length)), at);
  if (length === 4) adjust(made, addresses - 2, before, addresses, 8);
  const pieces: [number, number][] = [[addresses, 2 * length]];
  if ((protocol === TCP || protocol === UDP) && by.port && transport + 4 <= end) {
    const view = viewOf(made);
    const ports = [view.getUint16(transport), view.getUint16(transport + 2)] as const;
    view.setUint16(transport, by.port(ports[0], ports[1]));
    view.setUint16(transport + 2, by.port(ports[1], ports[0]));
    pieces.push([transport, 4]);
  }
  if (IS_ERROR[protocol]?.includes(made[transport]!)) pieces.push(...inError(made, transport + 8, by, end));
  return pieces;
}

/** The packet quoted by an ICMP message. */
function inError(made: Uint8Array, network: number, by: Renumbering, end: number): [number, number][] {
  const version = made[network]! >> 4;
  const isFour = version === 4;
  const transport = network + (isFour ? (made[network]! & 15) * 4 : 40);
  if ((version !== 4 && version !== 6) || transport > end) return [];
  const protocol = made[network + (isFour ? 9 : 6)]!;
  const inner = { ...addressesOf(version, network), transport, protocol };
  const pieces = renumber(made, inner, by, end);
  return isFour ? [[network + 10, 2], ...pieces] : pieces;
}

/** Updates a checksum for changed bytes, which begin at an even distance from it. */
function adjust(made: Uint8Array, sumAt: number, before: Uint8Array, at: number, length: number): void {
  const [now, then] = [viewOf(made), viewOf(before)];
  let sum = ~now.getUint16(sumAt) & 0xffff;
  for (let i = at; i < at + length; i += 2) sum += (~then.getUint16(i) & 0xffff) + now.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  now.setUint16(sumAt, ~sum & 0xffff);
}
