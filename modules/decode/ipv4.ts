/** IPv4 (RFC 791). */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEsp } from './esp.js';
import { flowHash } from './flow-hash.js';
import { decodeGre } from './gre.js';
import { decodeIcmpv4 } from './icmpv4.js';
import { decodeIgmp } from './igmp.js';
import { decodeIpv4InIpv4, decodeIpv6InIpv4 } from './ip-in-ip.js';
import { checkIpv4Options } from './ipv4-options.js';
import { decodeSctp } from './sctp.js';
import { decodeTcp } from './tcp.js';
import { decodeUdp } from './udp.js';

const HEADER = 20;
/** More-fragments bit and offset. */
const FRAGMENT_BITS = 0x3fff;

/** @returns false when there is no valid header */
export function decodeIpv4(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes, row } = d;
  d.counts[Count.IPV4]!++;
  if (!d.addLayer(p)) return false;
  const event = headerProblem(d, at, end);
  if (event >= 0) {
    d.invalid(p, event);
    return false;
  }
  const headerEnd = at + (bytes[at]! & 0xf) * 4;
  const packetEnd = at + d.u16(at + 2);
  const protocol = bytes[at + 9]!;
  row[p + Packet.IP_VERSION] = 4;
  row[p + Packet.L3] = at;
  row[p + Packet.PROTOCOL] = protocol;
  row[p + Packet.PAYLOAD] = headerEnd;
  row[p + Packet.PAYLOAD_LENGTH] = packetEnd - headerEnd;
  if (headerEnd > at + HEADER) checkIpv4Options(d, p, at + HEADER, headerEnd);
  if (d.u16(at + 6) & FRAGMENT_BITS) {
    row[p + Packet.FLAGS]! |= Packet.FLAG_FRAGMENT;
    // The content of fragments is inspected in the reassembled datagram.
    row[p + Packet.PAYLOAD_LENGTH] = 0;
    d.defrag.ipv4(p, at, headerEnd, packetEnd);
  } else {
    decodeTransport(d, p, protocol, headerEnd, packetEnd);
  }
  row[p + Packet.FLOW_HASH] = flowHash(d, p);
  return true;
}

/** @returns the event of an unusable header, -1 for a valid one */
function headerProblem(d: Decoding, at: number, end: number): number {
  const length = end - at;
  if (length < HEADER) return Events.IPV4_PKT_TOO_SMALL;
  const first = d.bytes[at]!;
  if (first >> 4 !== 4) return Events.IPV4_WRONG_IP_VERSION;
  const headerLength = (first & 0xf) * 4;
  if (headerLength < HEADER) return Events.IPV4_HLEN_TOO_SMALL;
  const totalLength = d.u16(at + 2);
  if (totalLength < headerLength) return Events.IPV4_IPLEN_SMALLER_THAN_HLEN;
  return length < totalLength ? Events.IPV4_TRUNC_PKT : -1;
}

function decodeTransport(d: Decoding, p: number, protocol: number, at: number, end: number): boolean {
  switch (protocol) {
    case 6:
      return decodeTcp(d, p, at, end);
    case 17:
      return decodeUdp(d, p, at, end);
    case 1:
      return decodeIcmpv4(d, p, at, end);
    case 4:
      return decodeIpv4InIpv4(d, p, at, end);
    case 41:
      return decodeIpv6InIpv4(d, p, at, end);
    case 47:
      return decodeGre(d, p, at, end);
    case 50:
      return decodeEsp(d, p, at, end);
    case 132:
      return decodeSctp(d, p, at, end);
    case 2:
      return decodeIgmp(d, p, at, end);
    case 58:
      return d.invalid(p, Events.IPV4_ICMPV6);
  }
  return true;
}
