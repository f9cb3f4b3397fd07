/** ERSPAN types I and II: mirrored Ethernet frames in GRE (draft-foschiano-erspan). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEthernet } from './ethernet.js';
import { addVlan } from './vlan.js';

const HEADER = 8;

/** Only a frame, without a header. @returns false when there is none */
export function decodeErspanTypeOne(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.ERSPAN]!++;
  return decodeEthernet(d, p, at, end);
}

export function decodeErspanTypeTwo(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.ERSPAN]!++;
  if (end - at < HEADER) return d.invalid(p, Events.ERSPAN_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  const first = d.u16(at);
  if (first >> 12 !== 1) return d.invalid(p, Events.ERSPAN_UNSUPPORTED_VERSION);
  const vlan = first & 0xfff;
  if (vlan > 0 && !addVlan(d.row, p, vlan)) return d.invalid(p, Events.ERSPAN_TOO_MANY_VLAN_LAYERS);
  return decodeEthernet(d, p, at + HEADER, end);
}
