/**
 * Captures changed as by networks and attackers: segments split, repeated, overlapping, lost, out of order, fragments,
 * connections closed in the middle, jumps in time. The same for the same seed.
 */
import { concat } from '../packets/bytes.js';
import type { CapturedPacket } from '../packets/pcap-file.js';
import { type Random, shuffled } from '../pseudo-random.js';
import { mutatedBytes } from './byte-mutator.js';
import type { Capture } from './capture-packets.js';
import { fragments } from './ip-fragments.js';
import { layersOf, TCP, viewOf, withTail } from './packet-layers.js';
import {
  ACK,
  dataSegmentLayers,
  FIN,
  mergedSegment,
  RST,
  segmentPart,
  splitSegment,
} from './tcp-segments.js';

/** Kinds of changes of one packet. */
type PacketMutation = (packet: CapturedPacket, random: Random, linkType: number) => CapturedPacket[];

const PACKET_MUTATIONS: readonly PacketMutation[] = [
  () => [],
  packet => [packet, packet],
  truncated,
  withMutatedPayload,
  withMutatedBytes,
  (packet, random, link) => {
    const layers = dataSegmentLayers(link, packet);
    return layers ? splitSegment(packet, layers, 1 + random(random(3) === 0 ? 4 : 600), random) : [packet];
  },
  (packet, random, link) => shuffled(overlappingSegments(packet, random, link), random),
  overlappingSegments,
  (packet, random, link) => fragments(link, packet, 1 + random(40), random),
  (packet, random, link) => shuffled(fragments(link, packet, 1 + random(40), random), random),
  overlappingFragments,
  (packet, random, link) => [packet, ...withFlags(packet, link, random(2) === 0 ? FIN | ACK : RST, true)],
  (packet, random, link) => withFlags(packet, link, random(256), false),
  (packet, _random, link) => (isBareAck(packet, link) ? [] : [packet]),
  (packet, random) => [
    { ...packet, time: Math.max(0, packet.time! + TIME_JUMPS[random(TIME_JUMPS.length)]!) },
  ],
  withVlanTag,
];

/** In seconds. */
const TIME_JUMPS = [-100, -1, -0.001, 0.5, 31, 700, 4000];

/** One capture made of several, one after the other, each with a few kinds of changes at random rates. */
export function mutatedPackets({ linkType, packets }: Capture, random: Random): CapturedPacket[] {
  const mutations = Array.from(
    { length: 1 + random(4) },
    () => PACKET_MUTATIONS[random(PACKET_MUTATIONS.length)]!,
  );
  const interval = [1, 2, 4, 10, 40][random(5)]!;
  const result: CapturedPacket[] = [];
  for (const packet of packets) {
    if (random(interval) === 0)
      result.push(...mutations[random(mutations.length)]!(packet, random, linkType));
    else result.push(packet);
  }
  if (random(4) === 0) swapPackets(result, random, 1 + random(20));
  return random(4) === 0 ? withMergedSegments(result, linkType, random) : result;
}

function truncated(packet: CapturedPacket, random: Random): CapturedPacket[] {
  const data = packet.data.slice(0, random(packet.data.length + 1));
  return [{ ...packet, data, wireLength: random(2) === 0 ? data.length : packet.data.length }];
}

/** The transport's payload, with a correct length field. */
function withMutatedPayload(packet: CapturedPacket, random: Random, link: number): CapturedPacket[] {
  const layers = layersOf(link, packet.data);
  if (!layers) return [packet];
  const payload = mutatedBytes(packet.data.slice(layers.payload, layers.end), random);
  if (payload.length > 65_000) return [packet];
  const data = withTail(packet.data, layers, layers.payload, payload);
  return [{ ...packet, data, wireLength: data.length }];
}

function withMutatedBytes(packet: CapturedPacket, random: Random): CapturedPacket[] {
  const data = mutatedBytes(packet.data, random);
  return [{ ...packet, data, wireLength: data.length }];
}

/** Overlapping segments, with the same or with other bytes. */
function overlappingSegments(packet: CapturedPacket, random: Random, link: number): CapturedPacket[] {
  const layers = dataSegmentLayers(link, packet);
  if (!layers) return [packet];
  const length = layers.end - layers.payload;
  const result: CapturedPacket[] = [];
  for (let at = 0; at < length; ) {
    const start = Math.max(0, at - random(12));
    const end = Math.min(length, at + 1 + random(length));
    const bytes = packet.data.slice(layers.payload + start, layers.payload + end);
    if (random(3) === 0) bytes[random(bytes.length)] = random(256);
    result.push(segmentPart(packet, layers, start, end, bytes));
    at = end;
  }
  return result;
}

function overlappingFragments(packet: CapturedPacket, random: Random, link: number): CapturedPacket[] {
  const identification = random(0xffff);
  const fragmentations = [3, 5].map(maxDistance =>
    fragments(link, packet, maxDistance + random(20), below =>
      below === 0xfffe ? identification : random(below),
    ),
  );
  return shuffled(fragmentations.flat(), random);
}

/** A segment with other flags, with or without the payload of the original. */
function withFlags(packet: CapturedPacket, link: number, flags: number, isBare: boolean): CapturedPacket[] {
  const layers = layersOf(link, packet.data);
  if (layers?.protocol !== TCP) return isBare ? [] : [packet];
  const length = isBare ? 0 : layers.end - layers.payload;
  const data = withTail(
    packet.data,
    layers,
    layers.payload,
    packet.data.subarray(layers.payload, layers.payload + length),
  );
  data[layers.transport + 13] = flags;
  if (isBare) {
    const view = viewOf(data);
    view.setUint32(layers.transport + 4, view.getUint32(layers.transport + 4) + layers.end - layers.payload);
  }
  return [{ ...packet, data, wireLength: data.length }];
}

function isBareAck(packet: CapturedPacket, link: number): boolean {
  const layers = layersOf(link, packet.data);
  return (
    layers?.protocol === TCP && layers.payload === layers.end && packet.data[layers.transport + 13] === ACK
  );
}

function withVlanTag(packet: CapturedPacket, random: Random, link: number): CapturedPacket[] {
  if (link !== 1 || packet.data.length < 14) return [packet];
  const tag = Uint8Array.of(0x81, 0, 0, random(4));
  const data = concat(packet.data.slice(0, 12), tag, packet.data.slice(12));
  return [{ ...packet, data, wireLength: data.length }];
}

/** Swaps some packets with ones up to `maxDistance` positions later. */
function swapPackets(packets: CapturedPacket[], random: Random, maxDistance: number): void {
  for (let i = 0; i < packets.length; i++) {
    if (random(10) !== 0) continue;
    const j = Math.min(packets.length - 1, i + 1 + random(maxDistance));
    [packets[i], packets[j]] = [packets[j]!, packets[i]!];
  }
}

function withMergedSegments(
  packets: readonly CapturedPacket[],
  linkType: number,
  random: Random,
): CapturedPacket[] {
  const result: CapturedPacket[] = [];
  for (const packet of packets) {
    const last = result.at(-1);
    const mergedPacket = last && random(2) === 0 ? mergedSegment(linkType, last, packet) : undefined;
    if (mergedPacket) result[result.length - 1] = mergedPacket;
    else result.push(packet);
  }
  return result;
}
