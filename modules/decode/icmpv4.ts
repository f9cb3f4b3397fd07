/** ICMPv4 (RFC 792). */
import { isError4 } from '../../engine/packet/icmp-type.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { ICMP_HEADER, readIcmpHeader } from './icmp-header.js';

const DESTINATION_UNREACHABLE = 3;

export function decodeIcmpv4(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes } = d;
  d.counts[Count.ICMPV4]!++;
  if (!readIcmpHeader(d, p, at, end)) return d.invalid(p, Events.ICMPV4_PKT_TOO_SMALL);
  const type = bytes[at]!;
  const code = bytes[at + 1]!;
  const highest = highestCode(type);
  if (highest < 0) d.event(p, Events.ICMPV4_UNKNOWN_TYPE);
  else if (code > highest) d.event(p, Events.ICMPV4_UNKNOWN_CODE);
  else if (isError4(type)) checkEmbedded(d, p, type, at + ICMP_HEADER, end);
  return true;
}

/** -1 for unknown types. */
function highestCode(type: number): number {
  switch (type) {
    case 0: // echo reply
    case 4: // source quench
    case 8: // echo
    case 10: // router solicitation
    case 13: // timestamp
    case 14:
    case 15: // information
    case 16:
    case 17: // address mask
    case 18:
      return 0;
    case DESTINATION_UNREACHABLE:
      return 15;
    case 5: // redirect
      return 3;
    case 9: // router advertisement: 0 and 16 (RFC 5944)
      return 16;
    case 11: // time exceeded
      return 1;
    case 12: // parameter problem
      return 2;
    default:
      return -1;
  }
}

/** The packet quoted by an error: if its ports are readable, the error belongs to its flow. */
function checkEmbedded(d: Decoding, p: number, type: number, at: number, end: number): boolean {
  if (end - at < 20) return d.countAsInvalid(p, Events.ICMPV4_IPV4_TRUNC_PKT);
  if (d.bytes[at]! >> 4 !== 4) return d.countAsInvalid(p, Events.ICMPV4_IPV4_UNKNOWN_VER);
  const transport = at + (d.bytes[at]! & 0xf) * 4;
  // As the flow table is used: only "unreachable" ends what the quoted packet began.
  if (type !== DESTINATION_UNREACHABLE || (d.bytes[at]! & 0xf) < 5 || d.u16(at + 6) & 0x1fff) return true;
  if (end - transport >= shortestQuote(d.bytes[at + 9]!)) d.row[p + Packet.FLAGS]! |= Packet.FLAG_ICMP_ERROR;
  return true;
}

/** Number of transport header bytes that identify the flow. RFC 792 requires eight. */
function shortestQuote(protocol: number): number {
  return protocol === 6 || protocol === 17 || protocol === 1 || protocol === 132
    ? 8
    : Number.POSITIVE_INFINITY;
}
