/** Teredo (RFC 4380): IPv6 in UDP. Nothing identifies it reliably, so candidates are checked strictly. */
import { IPV6, TUNNEL_TEREDO } from '../../engine/packet/link-type.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeInner } from './tunnel.js';

const HEADER = 40;
/** Two zero bytes, port and address of the sender as the relay saw them (RFC 4380 section 5.1.1). */
const ORIGIN_INDICATION = 8;

/** @returns false when it is not Teredo */
export function decodeTeredo(d: Decoding, p: number, at: number, end: number): boolean {
  const { bytes } = d;
  if (end - at < HEADER) return false;
  if (bytes[at] === 0) {
    // Authentication (0, 1) is used in negotiations only.
    if (bytes[at + 1] !== 0) return false;
    at += ORIGIN_INDICATION;
    if (end - at < HEADER) return false;
  }
  if (!isPlausible(d, at, end)) return false;
  if (!d.addLayer(p)) return false;
  if (!decodeInner(d, p, TUNNEL_TEREDO, IPV6, decodeValidIpv6, at, end)) return false;
  d.counts[Count.TEREDO]!++;
  return true;
}

/** Version 6, an exactly matching length, a hop limit, and room for the header that follows. */
function isPlausible(d: Decoding, at: number, end: number): boolean {
  const payloadLength = d.u16(at + 4);
  if (d.bytes[at]! >> 4 !== 6 || payloadLength !== end - at - HEADER) return false;
  if (d.bytes[at + 7] === 0) return false;
  return d.bytes[at + 6] !== 0 || payloadLength >= 8;
}

function decodeValidIpv6(d: Decoding, p: number, at: number, end: number): boolean {
  return decodeIpv6(d, p, at, end) && (d.row[p + Packet.FLAGS]! & Packet.FLAG_INVALID) === 0;
}
