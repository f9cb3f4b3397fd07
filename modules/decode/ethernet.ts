/** Ethernet II. */

import * as Events from '../../engine/packet/packet-events.js';
import * as Packet from '../../engine/packet.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER = 14;

/** @returns false when the header is truncated */
export function decodeEthernet(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.ETHERNET]!++;
  if (end - at < HEADER) return d.invalid(p, Events.ETHERNET_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  d.row[p + Packet.L2] = at;
  if (!decodeEtherType(d, p, d.u16(at + 12), at + HEADER, end)) {
    d.counts[Count.UNKNOWN_ETHER_TYPE]!++;
    d.event(p, Events.ETHERNET_UNKNOWN_ETHERTYPE);
  }
  return true;
}
