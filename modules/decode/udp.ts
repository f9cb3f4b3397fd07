/** UDP (RFC 768), and the tunnels identified by their ports. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeGeneve } from './geneve.js';
import { PORT_GENEVE, PORT_TEREDO, PORT_VXLAN } from './options.js';
import { decodeTeredo } from './teredo.js';
import { decodeVxlan } from './vxlan.js';

const HEADER = 8;

export function decodeUdp(d: Decoding, p: number, at: number, end: number): boolean {
  const { row } = d;
  d.counts[Count.UDP]!++;
  if (end - at < HEADER) return d.invalid(p, Events.UDP_HLEN_TOO_SMALL);
  const length = d.u16(at + 4);
  if (length > end - at) return d.invalid(p, Events.UDP_PKT_TOO_SMALL);
  if (length < HEADER) return d.invalid(p, Events.UDP_LEN_INVALID);
  const source = d.u16(at);
  const destination = d.u16(at + 2);
  row[p + Packet.L4] = at;
  row[p + Packet.SOURCE_PORT] = source;
  row[p + Packet.DESTINATION_PORT] = destination;
  row[p + Packet.PAYLOAD] = at + HEADER;
  row[p + Packet.PAYLOAD_LENGTH] = length - HEADER;
  const tunnels = d.udpTunnels[destination]! | (d.udpTunnels[source]! & PORT_TEREDO);
  if (tunnels !== 0) decodeTunnel(d, p, tunnels, at + HEADER, at + length);
  return true;
}

function decodeTunnel(d: Decoding, p: number, tunnels: number, at: number, end: number): boolean {
  if (tunnels & PORT_TEREDO && decodeTeredo(d, p, at, end)) return true;
  if (tunnels & PORT_GENEVE && decodeGeneve(d, p, at, end)) return true;
  if (tunnels & PORT_VXLAN) decodeVxlan(d, p, at, end);
  return true;
}
