/** Geneve (RFC 8926). */
import { ETHERNET, IPV4, IPV6, TUNNEL_GENEVE } from '../../engine/packet/link-type.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { isInnerEtherType } from './encapsulated.js';
import { ETHER_TYPE_IPV4, ETHER_TYPE_IPV6, ETHER_TYPE_TRANSPARENT_ETHERNET } from './ether-type.js';
import { decodeEthernet } from './ethernet.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';
import { decodeInner } from './tunnel.js';

const HEADER = 8;
const ETHERNET_HEADER = 14;

/** @returns false when it is not Geneve */
export function decodeGeneve(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < HEADER) return false;
  const first = d.bytes[at]!;
  const payload = at + HEADER + (first & 0x3f) * 4;
  if (first >> 6 !== 0 || payload >= end || !optionsFit(d, at + HEADER, payload)) return false;
  if (!d.addLayer(p)) return false;
  d.counts[Count.GENEVE]!++;
  decodePayload(d, p, d.u16(at + 2), payload, end);
  return true;
}

/** Whether the lengths of the options add up to the total length. */
function optionsFit(d: Decoding, at: number, end: number): boolean {
  while (at < end) at += 4 + (d.bytes[at + 3]! & 0x1f) * 4;
  return at === end;
}

function decodePayload(d: Decoding, p: number, type: number, at: number, end: number): boolean {
  if (type === ETHER_TYPE_IPV4) {
    decodeInner(d, p, TUNNEL_GENEVE, IPV4, decodeIpv4, at, end);
  } else if (type === ETHER_TYPE_IPV6) {
    decodeInner(d, p, TUNNEL_GENEVE, IPV6, decodeIpv6, at, end);
  } else if (isFrame(d, type, at, end)) {
    decodeInner(d, p, TUNNEL_GENEVE, ETHERNET, decodeEthernet, at, end);
  } else {
    d.event(p, Events.GENEVE_UNKNOWN_PAYLOAD_TYPE);
  }
  return true;
}

function isFrame(d: Decoding, type: number, at: number, end: number): boolean {
  return (
    type === ETHER_TYPE_TRANSPARENT_ETHERNET &&
    end - at >= ETHERNET_HEADER &&
    isInnerEtherType(d.u16(at + 12))
  );
}
