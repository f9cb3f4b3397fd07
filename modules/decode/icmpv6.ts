/** ICMPv6 (RFC 4443), with neighbour discovery (RFC 4861) and multicast listener discovery (RFC 2710, 3810). */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { ICMP_HEADER, readIcmpHeader } from './icmp-header.js';

export function decodeIcmpv6(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes, row } = d;
  d.counts[Count.ICMPV6]!++;
  if (!readIcmpHeader(d, p, at, end)) return d.invalid(p, Events.ICMPV6_PKT_TOO_SMALL);
  const type = bytes[at]!;
  const code = bytes[at + 1]!;
  const highest = highestCode(type);
  if (highest < 0) d.event(p, unknownTypeEvent(type));
  else if (code > highest) d.event(p, Events.ICMPV6_UNKNOWN_CODE);
  else if (type < 5) checkEmbedded(d, p, at + ICMP_HEADER, end);
  else if (type >= 130 && type <= 132 && bytes[row[p + Packet.L3]! + 7] !== 1) {
    d.event(p, Events.ICMPV6_MLD_MESSAGE_WITH_INVALID_HL);
  }
  return true;
}

/** -1 for unknown types. */
function highestCode(type: number): number {
  switch (type) {
    case 1: // destination unreachable
      return 7;
    case 3: // time exceeded
      return 1;
    case 4: // parameter problem
      return 3;
    case 138: // router renumbering: 255 is a sequence number reset
      return 255;
    case 139: // node information
    case 140:
      return 2;
    case 2: // packet too big
      return 0;
    default:
      // Echo, multicast listeners, neighbour discovery, inverse discovery, mobility, certification paths, routers.
      return type >= 128 && type <= 161 ? 0 : -1;
  }
}

/** By the ranges of the IANA registry. */
function unknownTypeEvent(type: number): number {
  if (type === 100 || type === 101 || type === 200 || type === 201) return Events.ICMPV6_EXPERIMENTATION_TYPE;
  if ((type > 4 && type < 127) || (type > 161 && type < 200)) return Events.ICMPV6_UNASSIGNED_TYPE;
  return Events.ICMPV6_UNKNOWN_TYPE;
}

/** The packet quoted by an error. */
function checkEmbedded(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < 40) return d.event(p, Events.ICMPV6_IPV6_TRUNC_PKT);
  if (d.bytes[at]! >> 4 !== 6) d.event(p, Events.ICMPV6_IPV6_UNKNOWN_VERSION);
  return true;
}
