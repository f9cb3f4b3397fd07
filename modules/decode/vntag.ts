/** VN-Tag (Cisco): identifies the virtual interfaces of a frame's source and destination. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER = 6;

export function decodeVntag(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.VNTAG]!++;
  if (end - at < HEADER) return d.invalid(p, Events.VNTAG_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  return decodeEtherType(d, p, d.u16(at + 4), at + HEADER, end) || d.invalid(p, Events.VNTAG_UNKNOWN_TYPE);
}
