/** Writes the checksums of a packet that was modified, or sent without them (offloading). */

import type { Memory } from '../memory.js';
import * as Packet from '../packet.js';
import { checksum, transportChecksum } from './checksum.js';
import { routedDestinationSum } from './routed-destination.js';

const TCP = 6;
const UDP = 17;
/** Offset of the checksum in the header. */
const PLACE: Readonly<Record<number, number>> = { [TCP]: 16, [UDP]: 6 };

/** @param p row of a packet from the wire that was captured completely */
export function writeChecksums({ row, bytes, view }: Memory, p: number): void {
  const l3 = row[p + Packet.L3]!;
  const isV4 = row[p + Packet.IP_VERSION] === 4;
  if (isV4) {
    view.setUint16(l3 + 10, 0);
    view.setUint16(l3 + 10, checksum(bytes, l3, (bytes[l3]! & 15) * 4));
  }
  const protocol = row[p + Packet.PROTOCOL]!;
  const l4 = row[p + Packet.L4]!;
  const place = PLACE[protocol];
  if (place === undefined || l4 === 0 || row[p + Packet.FLAGS]! & Packet.FLAG_FRAGMENT) return;
  // RFC 768: a sender may omit the checksum.
  const unfinished = (row[p + Packet.FLAGS]! & Packet.FLAG_NO_CHECKSUM) !== 0;
  if (protocol === UDP && isV4 && !unfinished && view.getUint16(l4 + place) === 0) return;
  const length = row[p + Packet.PAYLOAD]! + row[p + Packet.PAYLOAD_LENGTH]! - l4;
  view.setUint16(l4 + place, 0);
  const routed = isV4 ? -1 : routedDestinationSum(bytes, l3, l4);
  const sum =
    routed >= 0
      ? transportChecksum(bytes, l3 + 8, 16, protocol, l4, length, routed)
      : transportChecksum(bytes, l3 + (isV4 ? 12 : 8), isV4 ? 8 : 32, protocol, l4, length);
  view.setUint16(l4 + place, protocol === UDP && sum === 0 ? 0xffff : sum);
}
