/** MPLS label stacks (RFC 3032). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEthernet } from './ethernet.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

const ENTRY = 4;
const BOTTOM = 0x100;
/** Control word of a pseudowire (RFC 4385), before an Ethernet frame. */
const CONTROL_WORD = 4;

export function decodeMpls(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.MPLS]!++;
  if (!d.addLayer(p)) return false;
  let entry = 0;
  do {
    if (end - at < ENTRY) return d.invalid(p, Events.MPLS_HEADER_TOO_SMALL);
    entry = d.i32(at);
    at += ENTRY;
  } while ((entry & BOTTOM) === 0);
  return decodeBelow(d, p, entry >>> 12, at, end);
}

/** The bottom label may identify the payload (reserved labels of RFC 3032 section 2.1); else the first nibble does. */
function decodeBelow(d: Decoding, p: number, label: number, at: number, end: number): boolean {
  if (label === 0) return decodeIpv4(d, p, at, end);
  if (label === 1) return d.invalid(p, Events.MPLS_BAD_LABEL_ROUTER_ALERT);
  if (label === 2) return decodeIpv6(d, p, at, end);
  if (label === 3) return d.invalid(p, Events.MPLS_BAD_LABEL_IMPLICIT_NULL);
  if (label < 16) return d.invalid(p, Events.MPLS_BAD_LABEL_RESERVED);
  return decodeByNibble(d, p, at, end);
}

function decodeByNibble(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at <= CONTROL_WORD) return d.invalid(p, Events.MPLS_PKT_TOO_SMALL);
  const nibble = d.bytes[at]! >> 4;
  if (nibble === 4) return decodeIpv4(d, p, at, end);
  if (nibble === 6) return decodeIpv6(d, p, at, end);
  if (nibble === 0) return decodeEthernet(d, p, at + CONTROL_WORD, end);
  return d.invalid(p, Events.MPLS_UNKNOWN_PAYLOAD_TYPE);
}
