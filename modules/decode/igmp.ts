/** IGMP versions 1 to 3 (RFC 1112, 2236, 3376). */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';

const HEADER = 8;
const QUERY = 0x11;
const REPORT_V3 = 0x22;
const QUERY_V3_HEADER = 12;

export function decodeIgmp(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes, row } = d;
  d.counts[Count.IGMP]!++;
  if (end - at < HEADER) return d.invalid(p, Events.IGMP_PKT_TOO_SMALL);
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = bytes[at]!;
  row[p + Packet.DESTINATION_PORT] = bytes[at + 1]!;
  row[p + Packet.PAYLOAD] = at + HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = end - at - HEADER;
  if (bytes[at] === QUERY && end - at > HEADER) checkQuery(d, p, at, end);
  else if (bytes[at] === REPORT_V3) checkReport(d, p, at, end);
  return true;
}

function checkQuery(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < QUERY_V3_HEADER) return d.countAsInvalid(p, Events.IGMP_V3_PKT_TOO_SMALL);
  if (d.u16(at + 10) * 4 > end - at - QUERY_V3_HEADER) d.countAsInvalid(p, Events.IGMP_MALFORMED);
  return true;
}

/** Group records: type, length of auxiliary data in words, number of sources, group, sources. */
function checkReport(d: Decoding, p: number, at: number, end: number): boolean {
  let record = at + HEADER;
  for (let left = d.u16(at + 6); left > 0; left--) {
    if (end - record < 8) return d.countAsInvalid(p, Events.IGMP_MALFORMED);
    record += 8 + 4 * (d.u16(record + 2) + d.bytes[record + 1]!);
    if (record > end) return d.countAsInvalid(p, Events.IGMP_MALFORMED);
  }
  return true;
}
