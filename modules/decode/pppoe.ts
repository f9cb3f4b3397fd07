/** PPP over Ethernet (RFC 2516). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodePppProtocol } from './ppp.js';

const HEADER = 6;
const TAG_HEADER = 4;

export function decodePppoeSession(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.PPPOE]!++;
  if (end - at <= HEADER) return d.invalid(p, Events.PPPOE_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  return decodePppProtocol(d, p, at + HEADER, end);
}

export function decodePppoeDiscovery(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.PPPOE]!++;
  if (end - at < HEADER) return d.invalid(p, Events.PPPOE_PKT_TOO_SMALL);
  if (!isDiscoveryCode(d.bytes[at + 1]!)) return d.invalid(p, Events.PPPOE_WRONG_CODE);
  const length = d.u16(at + 4);
  if (length > end - at - HEADER) return d.invalid(p, Events.PPPOE_MALFORMED_TAGS);
  return checkTags(d, p, at + HEADER, at + HEADER + length);
}

/** PADI, PADO, PADR, PADS, PADT. */
function isDiscoveryCode(code: number): boolean {
  return code === 0x09 || code === 0x07 || code === 0x19 || code === 0x65 || code === 0xa7;
}

function checkTags(d: Decoding, p: number, at: number, end: number): boolean {
  while (end - at >= TAG_HEADER) {
    at += TAG_HEADER + d.u16(at + 2);
    if (at > end) return d.invalid(p, Events.PPPOE_MALFORMED_TAGS);
  }
  return true;
}
