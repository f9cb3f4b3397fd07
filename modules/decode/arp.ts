/** ARP for IPv4 over Ethernet (RFC 826). */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';

const FIXED = 8;
const WHOLE = 28;

export function decodeArp(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.ARP]!++;
  if (end - at < FIXED) return d.invalid(p, Events.ARP_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  if (d.u16(at) !== 1) return d.invalid(p, Events.ARP_UNSUPPORTED_HARDWARE);
  if (d.u16(at + 2) !== 0x0800) return d.invalid(p, Events.ARP_UNSUPPORTED_PROTOCOL);
  if (end - at < WHOLE) return d.invalid(p, Events.ARP_UNSUPPORTED_PKT);
  if (d.bytes[at + 4] !== 6) return d.invalid(p, Events.ARP_INVALID_HARDWARE_SIZE);
  if (d.bytes[at + 5] !== 4) return d.invalid(p, Events.ARP_INVALID_PROTOCOL_SIZE);
  if (!isOperation(d.u16(at + 6))) return d.invalid(p, Events.ARP_UNSUPPORTED_OPCODE);
  d.row[p + Packet.L3] = at;
  d.row[p + Packet.PAYLOAD] = at + WHOLE;
  d.row[p + Packet.PAYLOAD_LENGTH] = end - at - WHOLE;
  return true;
}

/** Request and reply of ARP, RARP (RFC 903) and inverse ARP (RFC 2390). */
function isOperation(code: number): boolean {
  return (code >= 1 && code <= 4) || code === 8 || code === 9;
}
