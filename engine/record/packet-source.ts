/** `pkt_src` of records: the origin of a record's packet. */
import { tunnelName } from '../packet/link-type.js';
import * as Packet from '../packet.js';

const WIRE = 'wire/pcap';
/** Not a packet: its number is not logged. */
export const FLOW_TIMEOUT = 'stream (flow timeout)';
const DEFRAGMENTED = 'defrag';

/** All possible values. */
export const PACKET_SOURCES: readonly string[] = [
  WIRE,
  FLOW_TIMEOUT,
  DEFRAGMENTED,
  ...[1, 2, 3, 4, 5, 6].map(tunnelName),
];

/** @param p row of the packet */
export function packetSource(row: Int32Array, p: number): string {
  switch (row[p + Packet.PSEUDO]) {
    case Packet.PSEUDO_TUNNEL:
      return tunnelName(row[p + Packet.TUNNEL_KIND]!) || WIRE;
    case Packet.PSEUDO_REASSEMBLED:
      return DEFRAGMENTED;
    case Packet.PSEUDO_FLOW_END:
      return FLOW_TIMEOUT;
    case Packet.PSEUDO_STREAM:
      // Unacknowledged data is inspected when the stream ends.
      return row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_END ? FLOW_TIMEOUT : WIRE;
    default:
      return WIRE;
  }
}
