/** Fragments of IP packets. */
import { concat, u16, u32 } from '../packets/bytes.js';
import type { CapturedPacket } from '../packets/pcap-file.js';
import type { Random } from '../pseudo-random.js';
import { layersOf, viewOf, withTail } from './packet-layers.js';

const FRAGMENT_HEADER = 44;
const MORE_FRAGMENTS = 1;

/** The packet in fragments of at least eight bytes, at most `maxUnits` of them; unchanged if it cannot be fragmented. */
export function fragments(
  linkType: number,
  packet: CapturedPacket,
  maxUnits: number,
  random: Random,
): CapturedPacket[] {
  const layers = layersOf(linkType, packet.data);
  if (!layers || layers.end - layers.transport <= 8) return [packet];
  const identification = 1 + random(0xfffe);
  const length = layers.end - layers.transport;
  const parts: CapturedPacket[] = [];
  for (let at = 0; at < length; ) {
    const end = Math.min(length, at + 8 * (1 + random(maxUnits)));
    parts.push(fragment(at, end));
    at = end;
  }
  return parts.length > 1 ? parts : [packet];

  function fragment(start: number, end: number): CapturedPacket {
    const { network, version, transport, protocol } = layers!;
    const bytes = packet.data.subarray(transport + start, transport + end);
    const more = end < length ? MORE_FRAGMENTS : 0;
    const header = concat(Uint8Array.of(protocol, 0), u16(start | more), u32(identification));
    const data = withTail(
      packet.data,
      { ...layers!, protocol: 0 },
      transport,
      version === 4 ? bytes : concat(header, bytes),
    );
    if (version === 4) {
      viewOf(data).setUint16(network + 4, identification);
      viewOf(data).setUint16(network + 6, (start >> 3) | (more << 13));
    } else data[network + 6] = FRAGMENT_HEADER;
    return { ...packet, data, wireLength: data.length };
  }
}
