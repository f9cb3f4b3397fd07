/** The IP packets of a capture, each with the same Ethernet header. */
import type { Capture } from '../fuzz/capture-packets.js';
import { type Layers, layersOf, viewOf } from '../fuzz/packet-layers.js';
import { concat, mac, u16 } from '../packets/bytes.js';
import type { CapturedPacket } from '../packets/pcap-file.js';

const ETHERNET_ADDRESSES = concat(mac('02:00:00:00:00:02'), mac('02:00:00:00:00:01'));
export const ETHERNET_BYTES = 14;
const UDP = 17;
/** Protocols and ports of tunnels, whose inner packets would have other outer packets. */
const TUNNELS = [4, 41, 47];
const TUNNEL_PORTS = [3544, 4789, 6081, 6635];

/** The IP packet without preceding and following bytes. */
export function ipOf(packet: Uint8Array, { network, end }: Layers): Uint8Array {
  return packet.subarray(network, end);
}

export function withEthernet(ip: Uint8Array): Uint8Array {
  return concat(ETHERNET_ADDRESSES, u16(ip[0]! >> 4 === 4 ? 0x0800 : 0x86dd), ip);
}

/** @param change applied to a whole packet; undefined removes the packet */
export function plainCapture(
  { linkType, packets }: Capture,
  change: (packet: Uint8Array, layers: Layers) => Uint8Array | undefined,
): Capture {
  const plainPackets: CapturedPacket[] = [];
  for (const { data, time, wireLength } of packets) {
    // A truncated packet would become complete.
    const layers = (wireLength ?? data.length) > data.length ? undefined : layersOf(linkType, data);
    const changed = layers && change(data, layers);
    if (changed) plainPackets.push({ time: time!, data: changed });
  }
  return { linkType: 1, packets: plainPackets };
}

export function isTunnel({ protocol, transport }: Layers, packet: Uint8Array): boolean {
  if (protocol !== UDP) return TUNNELS.includes(protocol);
  return [transport, transport + 2].some(at => TUNNEL_PORTS.includes(viewOf(packet).getUint16(at)));
}
