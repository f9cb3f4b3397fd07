/** Offsets of IP, transport and payload in a captured packet. */

export interface Layers {
  readonly network: number;
  readonly version: 4 | 6;
  readonly transport: number;
  readonly protocol: number;
  readonly payload: number;
  /** Behind the last byte of IP, since link layers may pad. */
  readonly end: number;
}

export const TCP = 6;
const UDP = 17;
/** Bytes before IP by link type: none for raw IP; Ethernet with VLAN tags is left unchanged. */
const LINK_HEADER_BYTES: Readonly<Record<number, number>> = { 1: 14, 12: 0, 101: 0, 113: 16, 228: 0, 229: 0 };

/** @returns undefined unless it is plain IPv4, or IPv6 without extension headers */
export function layersOf(linkType: number, packet: Uint8Array): Layers | undefined {
  const network = LINK_HEADER_BYTES[linkType];
  if (network === undefined || packet.length < network + 20) return undefined;
  const view = viewOf(packet);
  if (network > 0 && ![0x0800, 0x86dd].includes(view.getUint16(network - 2))) return undefined;
  const version = packet[network]! >> 4;
  if (version === 4) return ipv4Layers(view, network);
  return version === 6 && packet.length >= network + 40 ? ipv6Layers(view, network) : undefined;
}

function ipv4Layers(view: DataView, network: number): Layers | undefined {
  const isFragment = (view.getUint16(network + 6) & 0x3fff) !== 0;
  const transport = network + (view.getUint8(network) & 15) * 4;
  const end = Math.min(view.byteLength, network + view.getUint16(network + 2));
  if (isFragment || transport < network + 20) return undefined;
  return withPayload(view, { network, version: 4, transport, protocol: view.getUint8(network + 9), end });
}

function ipv6Layers(view: DataView, network: number): Layers | undefined {
  const end = Math.min(view.byteLength, network + 40 + view.getUint16(network + 4));
  const protocol = view.getUint8(network + 6);
  return withPayload(view, { network, version: 6, transport: network + 40, protocol, end });
}

function withPayload(view: DataView, layers: Omit<Layers, 'payload'>): Layers | undefined {
  const { transport, protocol, end } = layers;
  if (transport + (protocol === TCP ? 20 : 8) > end) return undefined;
  const header = protocol === TCP ? (view.getUint8(transport + 12) >> 4) * 4 : protocol === UDP ? 8 : 0;
  const payload = transport + header;
  return payload <= end ? { ...layers, payload } : undefined;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The packet with other data from `from` on, behind its IP header; lengths are updated, checksums are not. */
export function withTail(packet: Uint8Array, layers: Layers, from: number, tail: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + tail.length);
  result.set(packet.subarray(0, from));
  result.set(tail, from);
  const { network, version, protocol, transport } = layers;
  const view = viewOf(result);
  if (version === 4) view.setUint16(network + 2, result.length - network);
  else view.setUint16(network + 4, result.length - network - 40);
  if (protocol === UDP && from >= transport + 8) view.setUint16(transport + 4, result.length - transport);
  return result;
}
