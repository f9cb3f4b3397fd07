/** IPv6 (RFC 8200). */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { flowHash } from './flow-hash.js';
import { decodeNextHeader } from './ipv6-extension-headers.js';

const HEADER = 40;

/** @returns false when there is no valid header */
export function decodeIpv6(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes, row } = d;
  d.counts[Count.IPV6]!++;
  if (!d.addLayer(p)) return false;
  const event = headerProblem(d, at, end);
  if (event >= 0) {
    d.invalid(p, event);
    return false;
  }
  const next = bytes[at + 6]!;
  const payloadLength = d.u16(at + 4);
  row[p + Packet.IP_VERSION] = 6;
  row[p + Packet.L3] = at;
  row[p + Packet.PROTOCOL] = next;
  row[p + Packet.PAYLOAD] = at + HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = payloadLength;
  decodeNextHeader(d, p, next, at + HEADER, at + HEADER + payloadLength);
  row[p + Packet.FLOW_HASH] = flowHash(d, p);
  return true;
}

/** @returns the event of an unusable header, -1 for a valid one */
function headerProblem(d: Decoding, at: number, end: number): number {
  if (end - at < HEADER) return Events.IPV6_PKT_TOO_SMALL;
  if (d.bytes[at]! >> 4 !== 6) return Events.IPV6_WRONG_IP_VERSION;
  return end - at < HEADER + d.u16(at + 4) ? Events.IPV6_TRUNC_PKT : -1;
}
