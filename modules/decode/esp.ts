/** Encapsulating Security Payload (RFC 4303): only the SPI and the sequence number are readable. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';

const HEADER = 8;

export function decodeEsp(d: Decoding, p: number, at: number, end: number): boolean {
  const { row } = d;
  d.counts[Count.ESP]!++;
  if (end - at < HEADER) return d.invalid(p, Events.ESP_PKT_TOO_SMALL);
  row[p + Packet.L4] = at;
  row[p + Packet.TCP_SEQ] = d.i32(at);
  row[p + Packet.PAYLOAD] = at + HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = end - at - HEADER;
  return true;
}
