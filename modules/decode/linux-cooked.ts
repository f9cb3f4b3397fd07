/** Linux cooked captures, versions 1 and 2: used instead of link-layer headers in captures on the `any` device. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEtherType } from './ether-type.js';

const HEADER_1 = 16;
const HEADER_2 = 20;

export function decodeSll(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.SLL]!++;
  if (end - at < HEADER_1) return d.invalid(p, Events.SLL_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  decodeEtherType(d, p, d.u16(at + 14), at + HEADER_1, end);
  return true;
}

export function decodeSll2(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.SLL2]!++;
  if (end - at < HEADER_2) return d.invalid(p, Events.SLL2_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  decodeEtherType(d, p, d.u16(at), at + HEADER_2, end);
  return true;
}
