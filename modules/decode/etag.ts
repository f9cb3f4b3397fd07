/** E-Tag (802.1BR bridge port extension). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER = 8;

export function decodeEtag(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.ETAG]!++;
  if (end - at < HEADER) return d.invalid(p, Events.ETAG_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  return decodeEtherType(d, p, d.u16(at + 6), at + HEADER, end) || d.invalid(p, Events.ETAG_UNKNOWN_TYPE);
}
