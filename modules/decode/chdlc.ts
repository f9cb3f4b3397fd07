/** Cisco HDLC. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER = 4;

export function decodeChdlc(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.CHDLC]!++;
  if (end - at < HEADER) return d.invalid(p, Events.CHDLC_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  decodeEtherType(d, p, d.u16(at + 2), at + HEADER, end);
  return true;
}
