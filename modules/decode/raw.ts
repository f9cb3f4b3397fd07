/** Packets that begin with the IP header. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

const MIN_LENGTH = 20;

export function decodeRaw(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.RAW]!++;
  if (end - at < MIN_LENGTH) return d.invalid(p, Events.IPV4_PKT_TOO_SMALL);
  const version = d.bytes[at]! >> 4;
  if (version === 4) return decodeIpv4(d, p, at, end);
  if (version === 6) return decodeIpv6(d, p, at, end);
  return d.event(p, Events.IPRAW_INVALID_IP_VERSION);
}
