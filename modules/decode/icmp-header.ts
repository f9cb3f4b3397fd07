/** The header common to ICMPv4 (RFC 792) and ICMPv6 (RFC 4443): type, code, checksum, and four more bytes. */
import * as Packet from '../../engine/packet.js';
import type { Decoding } from './decoding.js';

export const ICMP_HEADER = 8;

/** Stores type, code and payload in the packet's row. @returns false when the header is truncated */
export function readIcmpHeader({ bytes, row }: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < ICMP_HEADER) return false;
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = bytes[at]!;
  row[p + Packet.DESTINATION_PORT] = bytes[at + 1]!;
  row[p + Packet.PAYLOAD] = at + ICMP_HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = end - at - ICMP_HEADER;
  return true;
}
