/** VXLAN (RFC 7348). */
import { ETHERNET, TUNNEL_VXLAN } from '../../engine/packet/link-type.js';
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { isInnerEtherType } from './encapsulated.js';
import { decodeEthernet } from './ethernet.js';
import { decodeInner } from './tunnel.js';

const HEADER = 8;
const ETHERNET_HEADER = 14;
/** The network identifier is valid. Other bits are ignored, as receivers do. */
const FLAG_I = 0x08;

/** @returns false when it is not VXLAN */
export function decodeVxlan(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at < HEADER + ETHERNET_HEADER || !(d.bytes[at]! & FLAG_I)) return false;
  if (!d.addLayer(p)) return false;
  d.counts[Count.VXLAN]!++;
  if (isInnerEtherType(d.u16(at + HEADER + 12))) {
    decodeInner(d, p, TUNNEL_VXLAN, ETHERNET, decodeEthernet, at + HEADER, end);
  } else {
    d.event(p, Events.VXLAN_UNKNOWN_PAYLOAD_TYPE);
  }
  return true;
}
