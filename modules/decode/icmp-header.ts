/** The header that ICMPv4 (RFC 792) and ICMPv6 (RFC 4443) have in common: type, code, checksum, and four bytes more. */
import * as Packet from '../../engine/packet.js';
import type { Decoding } from './decoding.js';

export const ICMP_HEADER = 8;

/** Notes type, code and payload in the packet's row. @returns false when the header is not whole */
export function readIcmpHeader({ bytes, row }: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < ICMP_HEADER) return false;
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = bytes[at]!;
  row[p + Packet.DESTINATION_PORT] = bytes[at + 1]!;
  row[p + Packet.PAYLOAD] = at + ICMP_HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = end - at - ICMP_HEADER;
  return true;
}
