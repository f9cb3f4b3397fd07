/** SCTP common header (RFC 9260). Its chunks are the payload. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';

const HEADER = 12;

export function decodeSctp(d: Decoding, p: number, at: number, end: number): boolean {
  const { row } = d;
  d.counts[Count.SCTP]!++;
  if (end - at < HEADER) return d.invalid(p, Events.SCTP_PKT_TOO_SMALL);
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = d.u16(at);
  row[p + Packet.DESTINATION_PORT] = d.u16(at + 2);
  row[p + Packet.PAYLOAD] = at + HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = end - at - HEADER;
  return true;
}
