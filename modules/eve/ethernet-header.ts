import * as LinkType from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import type { Subject } from '../../engine/record/subject.js';

const ETHERNET_HEADER = 14;

/** Offset of the Ethernet header, -1 when there is none. 0 is a valid offset. */
export function ethernetHeader(subject: Subject): number {
  if (subject.packetField(Packet.PSEUDO) !== Packet.PSEUDO_NONE || subject.packet < 0) return -1;
  if (subject.packetField(Packet.LENGTH) < ETHERNET_HEADER) return -1;
  const offset = subject.packetField(Packet.L2);
  if (offset !== 0) return offset;
  return subject.packetField(Packet.LINK_TYPE) === LinkType.ETHERNET ? subject.packetField(Packet.DATA) : -1;
}
