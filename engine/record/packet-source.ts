/** `pkt_src` of records: where the packet of a record comes from. */
import { tunnelName } from '../packet/link-type.js';
import * as Packet from '../packet.js';

const WIRE = 'wire/pcap';
/** No packet: its number is not told. */
export const FLOW_TIMEOUT = 'stream (flow timeout)';
const DEFRAGMENTED = 'defrag';

/** All that there are. */
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
      // What nobody acknowledged is looked at when the stream ends.
      return row[p + Packet.STREAM_FLAGS]! & Packet.STREAM_END ? FLOW_TIMEOUT : WIRE;
    default:
      return WIRE;
  }
}
