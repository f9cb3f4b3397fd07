/** 802.1ah, provider backbone bridges: a service tag and the customer's Ethernet addresses. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

/** Tag of 4 bytes, two addresses, EtherType. */
const HEADER = 18;

export function decodeIeee8021ah(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.IEEE8021AH]!++;
  if (end - at < HEADER) return d.invalid(p, Events.IEEE8021AH_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  decodeEtherType(d, p, d.u16(at + HEADER - 2), at + HEADER, end);
  return true;
}
