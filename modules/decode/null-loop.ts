/** BSD loopback: the address family in four bytes, in the byte order of the capturing host (NULL) or the network's (LOOP). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

const HEADER = 4;

export function decodeNull(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.NULL_LOOP]!++;
  if (end - at < HEADER) return d.invalid(p, Events.LTNULL_PKT_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  switch (family(d.i32(at))) {
    case 2:
      return decodeIpv4(d, p, at + HEADER, end);
    case 10: // Linux
    case 24: // NetBSD, OpenBSD
    case 28: // FreeBSD
    case 30: // macOS
      return decodeIpv6(d, p, at + HEADER, end);
    default:
      return d.event(p, Events.LTNULL_UNSUPPORTED_TYPE);
  }
}

/** Address families are small numbers, which reveals the byte order. */
function family(word: number): number {
  return word & 0xffff ? word : word >>> 24;
}
