/** GRE version 0 (RFC 2784, 2890, 1701) and version 1 (RFC 2637, which carries PPP). */
import * as LinkType from '../../engine/packet/link-type.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeErspanTypeOne, decodeErspanTypeTwo } from './erspan.js';
import * as EtherType from './ether-type.js';
import { decodeEthernet } from './ethernet.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodePpp } from './ppp.js';
import { decodeInner } from './tunnel.js';
import { decodeVlan } from './vlan.js';

const HEADER = 4;
// Bits of the first two bytes.
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const STRICT_ROUTE = 0x0800;
const RECURSION = 0x0700;
const FLAGS_0 = 0x00f8;
const ACKNOWLEDGMENT = 0x0080;
const FLAGS_1 = 0x0078;
const VERSION = 0x0007;

export function decodeGre(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.GRE]!++;
  if (end - at < HEADER) return d.invalid(p, Events.GRE_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  const flags = d.u16(at);
  const version = flags & VERSION;
  if (version > 1) return d.invalid(p, Events.GRE_WRONG_VERSION);
  const payload =
    version === 0 ? version0Payload(d, p, flags, at, end) : version1Payload(d, p, flags, at, end);
  if (payload < 0) return false;
  d.row[p + Packet.L4] = at;
  return decodePayload(d, p, d.u16(at + 2), at, payload, end);
}

/** @returns offset of the payload, -1 for an unusable header */
function version0Payload(d: Decoding, p: number, flags: number, at: number, end: number): number {
  if (flags & RECURSION) return refuse(d, p, Events.GRE_VERSION0_RECUR);
  if (flags & FLAGS_0) return refuse(d, p, Events.GRE_VERSION0_FLAGS);
  let payload = at + HEADER;
  // Checksum and offset are present together (RFC 1701).
  if (flags & (CHECKSUM | ROUTING)) payload += 4;
  if (flags & KEY) payload += 4;
  if (flags & SEQUENCE) payload += 4;
  if (payload > end) return refuse(d, p, Events.GRE_VERSION0_HDR_TOO_BIG);
  return flags & ROUTING ? afterRoutes(d, p, payload, end) : payload;
}

/** Source route entries: address family, offset, length, data; an all-zero entry ends them. */
function afterRoutes(d: Decoding, p: number, at: number, end: number): number {
  for (;;) {
    if (end - at < 4) return refuse(d, p, Events.GRE_VERSION0_MALFORMED_SRE_HDR);
    const family = d.u16(at);
    const length = d.bytes[at + 3]!;
    at += 4 + length;
    if (at > end) return refuse(d, p, Events.GRE_VERSION0_MALFORMED_SRE_HDR);
    if (family === 0 && length === 0) return at;
  }
}

function version1Payload(d: Decoding, p: number, flags: number, at: number, end: number): number {
  if (flags & CHECKSUM) return refuse(d, p, Events.GRE_VERSION1_CHKSUM);
  if (flags & ROUTING) return refuse(d, p, Events.GRE_VERSION1_ROUTE);
  if (flags & STRICT_ROUTE) return refuse(d, p, Events.GRE_VERSION1_SSR);
  if (flags & RECURSION) return refuse(d, p, Events.GRE_VERSION1_RECUR);
  if (flags & FLAGS_1) return refuse(d, p, Events.GRE_VERSION1_FLAGS);
  if (d.u16(at + 2) !== EtherType.ETHER_TYPE_PPP) return refuse(d, p, Events.GRE_VERSION1_WRONG_PROTOCOL);
  if (!(flags & KEY)) return refuse(d, p, Events.GRE_VERSION1_NO_KEY);
  const payload = at + HEADER + 4 + (flags & SEQUENCE ? 4 : 0) + (flags & ACKNOWLEDGMENT ? 4 : 0);
  return payload > end ? refuse(d, p, Events.GRE_VERSION1_HDR_TOO_BIG) : payload;
}

function refuse(d: Decoding, p: number, event: number): number {
  d.invalid(p, event);
  return -1;
}

function decodePayload(
  d: Decoding,
  p: number,
  type: number,
  header: number,
  at: number,
  end: number,
): boolean {
  const kind = LinkType.TUNNEL_GRE;
  // A PPTP acknowledgment has no payload.
  if (at === end) return true;
  switch (type) {
    case EtherType.ETHER_TYPE_IPV4:
      return decodeInner(d, p, kind, LinkType.IPV4, decodeIpv4, at, end);
    case EtherType.ETHER_TYPE_IPV6:
      return decodeInner(d, p, kind, LinkType.IPV6, decodeIpv6, at, end);
    case EtherType.ETHER_TYPE_PPP:
      return decodeInner(d, p, kind, LinkType.PPP, decodePpp, at, end);
    case EtherType.ETHER_TYPE_VLAN:
      return decodeInner(d, p, kind, LinkType.RAW, decodeVlan, at, end);
    case EtherType.ETHER_TYPE_TRANSPARENT_ETHERNET:
      return decodeInner(d, p, kind, LinkType.ETHERNET, decodeEthernet, at, end);
    case EtherType.ETHER_TYPE_ERSPAN: {
      // Type I has no sequence number in GRE and no header of its own.
      const typeOne = at === header + HEADER;
      if (typeOne && !d.erspanOne) return true;
      const decode = typeOne ? decodeErspanTypeOne : decodeErspanTypeTwo;
      return decodeInner(d, p, kind, LinkType.ETHERNET, decode, at, end);
    }
    default:
      return true;
  }
}
