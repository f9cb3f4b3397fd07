/** After the IPv6 header: extension headers in any number and order (RFC 8200 section 4), then the transport. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import type { Decoding } from './decoding.js';
import { decodeEsp } from './esp.js';
import { decodeGre } from './gre.js';
import { decodeIcmpv6 } from './icmpv6.js';
import { decodeIpv4InIpv6, decodeIpv6InIpv6 } from './ip-in-ip.js';
import { checkIpv6Options } from './ipv6-options.js';
import { decodeSctp } from './sctp.js';
import { decodeTcp } from './tcp.js';
import { decodeUdp } from './udp.js';

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const ESP = 50;
const AUTHENTICATION = 51;
const NONE = 59;
const DESTINATION = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

/** Minimum size of the header that an extension header names as next. */
const MIN_HEADER = 2;

// Headers seen so far.
const SEEN_HOP_BY_HOP = 1;
const SEEN_ROUTING = 2;
const SEEN_FRAGMENT = 4;
const SEEN_AUTHENTICATION = 8;
const SEEN_DESTINATION = 16;
/** Destination options may occur twice: before a routing header and before the transport. */
const SEEN_DESTINATION_TWICE = 32;

/** Follows the chain of headers from `next`, which begins at `at`, up to the transport. */
export function decodeNextHeader(d: Decoding, p: number, next: number, at: number, end: number): boolean {
  let seen = 0;
  /** Offset of the byte that named the header at `at`: defragmentation changes it. */
  let namedAt = d.row[p + Packet.L3]! + 6;
  while (isExtension(next)) {
    const length = extensionLength(d, next, at, end);
    if (length < 0) return d.invalid(p, Events.IPV6_TRUNC_EXTHDR);
    if (next === FRAGMENT) {
      if (seen & SEEN_FRAGMENT) d.event(p, Events.IPV6_EXTHDR_DUPL_FH);
      seen |= SEEN_FRAGMENT;
      if (decodeFragmentHeader(d, p, namedAt, at, end)) return true;
    } else {
      seen = checkExtension(d, p, next, seen, at, length);
    }
    namedAt = at;
    next = d.bytes[at]!;
    at += length;
    d.row[p + Packet.PROTOCOL] = next;
    d.row[p + Packet.PAYLOAD] = at;
    d.row[p + Packet.PAYLOAD_LENGTH] = end - at;
    if (next !== NONE && end - at < MIN_HEADER) return d.invalid(p, Events.IPV6_TRUNC_EXTHDR);
  }
  return decodeTransport(d, p, next, at, end);
}

function isExtension(next: number): boolean {
  switch (next) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION:
    case MOBILITY:
    case HOST_IDENTITY:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

/** @returns -1 when the header is truncated */
function extensionLength(d: Decoding, next: number, at: number, end: number): number {
  if (end - at < 8) return -1;
  if (next === FRAGMENT) return 8;
  const units = d.bytes[at + 1]!;
  // RFC 4302 section 2.2: 4-byte units minus 2, unlike all others.
  const length = next === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
  return length > end - at || (next === AUTHENTICATION && units === 0) ? -1 : length;
}

/** @returns `seen` including this header */
function checkExtension(
  d: Decoding,
  p: number,
  next: number,
  seen: number,
  at: number,
  length: number,
): number {
  switch (next) {
    case HOP_BY_HOP:
      if (seen & SEEN_HOP_BY_HOP) d.event(p, Events.IPV6_EXTHDR_DUPL_HH);
      else checkIpv6Options(d, p, true, at + 2, at + length);
      return seen | SEEN_HOP_BY_HOP;
    case DESTINATION:
      if (seen & SEEN_DESTINATION_TWICE) d.event(p, Events.IPV6_EXTHDR_DUPL_DH);
      else checkIpv6Options(d, p, false, at + 2, at + length);
      return seen | (seen & SEEN_DESTINATION ? SEEN_DESTINATION_TWICE : SEEN_DESTINATION);
    case ROUTING:
      if (seen & SEEN_ROUTING) d.event(p, Events.IPV6_EXTHDR_DUPL_RH);
      else if (d.bytes[at + 2] === 0) d.event(p, Events.IPV6_RH_TYPE_0);
      return seen | SEEN_ROUTING;
    case AUTHENTICATION:
      if (d.u16(at + 2) !== 0) d.event(p, Events.IPV6_EXTHDR_AH_RES_NOT_NULL);
      if (seen & SEEN_AUTHENTICATION) d.event(p, Events.IPV6_EXTHDR_DUPL_AH);
      return seen | SEEN_AUTHENTICATION;
    default:
      return seen;
  }
}

/** @returns true for a fragment, which is not decoded further; false for an atomic one (RFC 6946) */
function decodeFragmentHeader(d: Decoding, p: number, namedAt: number, at: number, end: number): boolean {
  const word = d.u16(at + 2);
  if (d.bytes[at + 1] !== 0 || word & 6) d.event(p, Events.IPV6_FH_NON_ZERO_RESERVED_FIELD);
  if ((word & ~6) === 0) {
    d.event(p, Events.IPV6_EXTHDR_USELESS_FH);
    return false;
  }
  const { row } = d;
  row[p + Packet.PROTOCOL] = d.bytes[at]!;
  row[p + Packet.PAYLOAD] = at + 8;
  // The content of fragments is inspected in the reassembled datagram.
  row[p + Packet.PAYLOAD_LENGTH] = 0;
  row[p + Packet.FLAGS]! |= Packet.FLAG_FRAGMENT;
  d.defrag.ipv6(p, namedAt, at, end);
  return true;
}

function decodeTransport(d: Decoding, p: number, protocol: number, at: number, end: number): boolean {
  switch (protocol) {
    case 6:
      return decodeTcp(d, p, at, end);
    case 17:
      return decodeUdp(d, p, at, end);
    case 58:
      return decodeIcmpv6(d, p, at, end);
    case 132:
      return decodeSctp(d, p, at, end);
    case 4:
      return decodeIpv4InIpv6(d, p, at, end);
    case 41:
      return decodeIpv6InIpv6(d, p, at, end);
    case 47:
      return decodeGre(d, p, at, end);
    case ESP:
      if (end - at < 8) return d.invalid(p, Events.IPV6_TRUNC_EXTHDR);
      return decodeEsp(d, p, at, end);
    case NONE:
      return end === at || d.event(p, Events.IPV6_DATA_AFTER_NONE_HEADER);
    case 1:
      return d.event(p, Events.IPV6_ICMPV4);
    default:
      return d.event(p, Events.IPV6_UNKNOWN_NEXT_HEADER);
  }
}
