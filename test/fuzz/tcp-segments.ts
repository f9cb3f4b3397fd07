/** TCP segments derived from others. */
import type { CapturedPacket } from '../packets/pcap-file.js';
import type { Random } from '../pseudo-random.js';
import { type Layers, layersOf, TCP, viewOf, withTail } from './packet-layers.js';

export const FIN = 1;
const SYN = 2;
export const RST = 4;
const PUSH = 8;
export const ACK = 16;

/** @returns undefined if it is not TCP, or has no payload */
export function dataSegmentLayers(linkType: number, { data }: CapturedPacket): Layers | undefined {
  const layers = layersOf(linkType, data);
  return layers?.protocol === TCP && layers.payload < layers.end ? layers : undefined;
}

/** A segment with the bytes from `start` to `end` of the payload, or with `bytes` instead. */
export function segmentPart(
  packet: CapturedPacket,
  layers: Layers,
  start: number,
  end: number,
  bytes = packet.data.subarray(layers.payload + start, layers.payload + end),
): CapturedPacket {
  const { transport, payload } = layers;
  const data = withTail(packet.data, layers, payload, bytes);
  const view = viewOf(data);
  const flags = data[transport + 13]!;
  // SYN takes a sequence number before the first byte, FIN one behind the last.
  view.setUint32(transport + 4, view.getUint32(transport + 4) + start + (start > 0 && flags & SYN ? 1 : 0));
  if (start > 0) data[transport + 13]! &= ~SYN;
  if (end < layers.end - payload) data[transport + 13]! &= ~(FIN | PUSH | RST);
  return { ...packet, data, wireLength: data.length };
}

/** The same bytes in several segments of 1 to `maxBytes` bytes each. */
export function splitSegment(
  packet: CapturedPacket,
  layers: Layers,
  maxBytes: number,
  random: Random,
): CapturedPacket[] {
  const length = layers.end - layers.payload;
  const parts: CapturedPacket[] = [];
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + 1 + random(maxBytes));
    parts.push(segmentPart(packet, layers, at, end));
    at = end;
  }
  return parts;
}

/** Both segments as one, if the second continues the first in the same conversation. */
export function mergedSegment(
  linkType: number,
  a: CapturedPacket,
  b: CapturedPacket,
): CapturedPacket | undefined {
  const [first, second] = [dataSegmentLayers(linkType, a), dataSegmentLayers(linkType, b)];
  if (!first || !second || first.transport !== second.transport) return undefined;
  const length = first.end - first.payload;
  const addresses = first.version === 4 ? 12 : 8;
  const hasSameAddresses = sameBytes(
    a.data,
    b.data,
    first.network + addresses,
    first.network + addresses + 8 * (first.version === 4 ? 1 : 4),
  );
  const [viewA, viewB] = [viewOf(a.data), viewOf(b.data)];
  const isContinued =
    (viewA.getUint32(first.transport + 4) + length) >>> 0 === viewB.getUint32(first.transport + 4);
  if (!hasSameAddresses || !sameBytes(a.data, b.data, first.transport, first.transport + 4) || !isContinued)
    return undefined;
  if ((a.data[first.transport + 13]! & (SYN | FIN | RST)) !== 0) return undefined;
  const bytes = new Uint8Array(length + second.end - second.payload);
  if (bytes.length > 60_000) return undefined;
  bytes.set(a.data.subarray(first.payload, first.end));
  bytes.set(b.data.subarray(second.payload, second.end), length);
  const data = withTail(a.data, first, first.payload, bytes);
  data.set(b.data.subarray(second.transport + 8, second.transport + 12), first.transport + 8);
  data[first.transport + 13]! |= b.data[second.transport + 13]!;
  return { ...a, data, wireLength: data.length };
}

function sameBytes(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  return Buffer.compare(a.subarray(start, end), b.subarray(start, end)) === 0;
}
