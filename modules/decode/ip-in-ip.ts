/** IP in IP: RFC 2003, 4213, 2473. */
import { IPV4, IPV6, TUNNEL_IPV4, TUNNEL_IPV6 } from '../../engine/packet/link-type.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeInner } from './tunnel.js';

export function decodeIpv4InIpv4(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.IPV4_IN_IPV4]!++;
  d.row[p + Packet.L4] = at;
  decodeInner(d, p, TUNNEL_IPV4, IPV4, decodeIpv4, at, end);
  return true;
}

export function decodeIpv6InIpv4(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.IPV6_IN_IPV4]!++;
  d.row[p + Packet.L4] = at;
  decodeInner(d, p, TUNNEL_IPV4, IPV6, decodeIpv6, at, end);
  return true;
}

export function decodeIpv4InIpv6(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.IPV4_IN_IPV6]!++;
  if (end - at < 20) return d.invalid(p, Events.IPV6_IPV4_IN_IPV6_TOO_SMALL);
  if (d.bytes[at]! >> 4 !== 4) return d.invalid(p, Events.IPV6_IPV4_IN_IPV6_WRONG_VERSION);
  d.row[p + Packet.L4] = at;
  decodeInner(d, p, TUNNEL_IPV6, IPV4, decodeIpv4, at, end);
  return true;
}

export function decodeIpv6InIpv6(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.IPV6_IN_IPV6]!++;
  if (end - at < 40) return d.invalid(p, Events.IPV6_IPV6_IN_IPV6_TOO_SMALL);
  if (d.bytes[at]! >> 4 !== 6) return d.invalid(p, Events.IPV6_IPV6_IN_IPV6_WRONG_VERSION);
  d.row[p + Packet.L4] = at;
  decodeInner(d, p, TUNNEL_IPV6, IPV6, decodeIpv6, at, end);
  return true;
}
