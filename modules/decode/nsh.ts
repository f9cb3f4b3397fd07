/** Network Service Header (RFC 8300). */
import * as Events from '../../engine/packet/packet-events.js';
import * as Count from './counters.js';
import type { Decoding } from './decoding.js';
import { decodeEthernet } from './ethernet.js';
import { decodeIpv4 } from './ipv4.js';
import { decodeIpv6 } from './ipv6.js';

const HEADER = 8;
const FIXED_CONTEXT = 1;
const VARIABLE_CONTEXT = 2;

export function decodeNsh(d: Decoding, p: number, at: number, end: number): boolean {
  d.counts[Count.NSH]!++;
  if (end - at < HEADER) return d.invalid(p, Events.NSH_HEADER_TOO_SMALL);
  if (!d.addLayer(p)) return false;
  const first = d.u16(at);
  const length = (first & 0x3f) * 4;
  const type = d.bytes[at + 2]! & 0xf;
  if (first >> 14 !== 0) return d.invalid(p, Events.NSH_UNSUPPORTED_VERSION);
  if (length < HEADER || length >= end - at) return d.invalid(p, Events.NSH_BAD_HEADER_LENGTH);
  if (type === 0) return d.invalid(p, Events.NSH_RESERVED_TYPE);
  if (type === FIXED_CONTEXT && length !== 24) return d.invalid(p, Events.NSH_BAD_HEADER_LENGTH);
  if (type !== FIXED_CONTEXT && type !== VARIABLE_CONTEXT) return d.invalid(p, Events.NSH_UNSUPPORTED_TYPE);
  return decodeNext(d, p, d.bytes[at + 3]!, at + length, end);
}

function decodeNext(d: Decoding, p: number, next: number, at: number, end: number): boolean {
  if (next === 1) return decodeIpv4(d, p, at, end);
  if (next === 2) return decodeIpv6(d, p, at, end);
  if (next === 3) return decodeEthernet(d, p, at, end);
  return d.event(p, next === 4 || next === 5 ? Events.NSH_UNSUPPORTED_TYPE : Events.NSH_UNKNOWN_PAYLOAD);
}
