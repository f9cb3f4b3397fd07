/** The packet's Ethernet header: `"ether":{"src_mac":…,"dest_mac":…}`, and the type if it is not IP. */
import { uint16 } from '../../engine/packet/network-order.js';
import * as Packet from '../../engine/packet.js';
import type { Direction } from '../../engine/record/endpoints.js';
import type { Subject } from '../../engine/record/subject.js';
import { ethernetHeader } from './ethernet-header.js';
import { type JsonBytes, key } from './json-bytes.js';
import type { MacSets } from './mac-sets.js';

const ETHER = key('ether');
const ETHER_TYPE = key('ether_type');
const SOURCE_MAC = key('src_mac');
const DESTINATION_MAC = key('dest_mac');

/** Writes nothing when the packet was not received over Ethernet. @param macs addresses of flows that have ended */
export function writeEthernet(
  json: JsonBytes,
  subject: Subject,
  direction: Direction,
  macs: MacSets | undefined,
): void {
  const header = ethernetHeader(subject);
  if (header < 0) {
    const ended = subject.packetField(Packet.PSEUDO) === Packet.PSEUDO_FLOW_END;
    const fromClient = direction === 'flow' || (direction !== 'reverse' && subject.toServer);
    if (ended) macs?.writeFirst(json, subject, fromClient);
    return;
  }
  const { bytes } = subject.memory;
  const swapped = direction === 'flow' && !subject.toServer;
  json.open(ETHER);
  if (subject.packetField(Packet.IP_VERSION) === 0) {
    json.integer(ETHER_TYPE, uint16(bytes, header + 12));
  }
  json.mac(SOURCE_MAC, bytes, swapped ? header : header + 6);
  json.mac(DESTINATION_MAC, bytes, swapped ? header + 6 : header);
  json.close();
}
