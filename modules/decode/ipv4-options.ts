/** Options of IPv4 headers (RFC 791 section 3.1, RFC 1108, 2113, 4782, CIPSO). They are only checked for events. */
import * as Events from '../../engine/packet/packet-events.js';
import type { Decoding } from './decoding.js';

const END = 0;
const NOP = 1;
const RECORD_ROUTE = 7;
const QUICK_START = 25;
const TIMESTAMP = 68;
const SECURITY = 130;
const LOOSE_ROUTE = 131;
const EXTENDED_SECURITY = 133;
const CIPSO = 134;
const STREAM_ID = 136;
const STRICT_ROUTE = 137;
const ROUTER_ALERT = 148;

export function checkIpv4Options(d: Decoding, p: number, at: number, end: number): boolean {
  if ((end - at) & 7) d.event(p, Events.IPV4_OPT_PAD_REQUIRED);
  // Types seen, by their lower five bits: these differ for all known types.
  let seen = 0;
  while (at < end) {
    const type = d.bytes[at]!;
    if (type === END) return true;
    if (type === NOP) {
      at++;
      continue;
    }
    if (end - at < 2) return d.event(p, Events.IPV4_OPT_EOL_REQUIRED);
    const length = d.bytes[at + 1]!;
    if (length < 2 || length > end - at) return d.countAsInvalid(p, Events.IPV4_OPT_INVALID_LEN);
    const bit = 1 << (type & 31);
    if (!isKnown(type)) d.event(p, Events.IPV4_OPT_INVALID);
    else if (seen & bit) d.event(p, Events.IPV4_OPT_DUPLICATE);
    else checkOption(d, p, type, at, length);
    seen |= isKnown(type) ? bit : 0;
    at += length;
  }
  return true;
}

function isKnown(type: number): boolean {
  switch (type) {
    case RECORD_ROUTE:
    case QUICK_START:
    case TIMESTAMP:
    case SECURITY:
    case LOOSE_ROUTE:
    case EXTENDED_SECURITY:
    case CIPSO:
    case STREAM_ID:
    case STRICT_ROUTE:
    case ROUTER_ALERT:
      return true;
    default:
      return false;
  }
}

function checkOption(d: Decoding, p: number, type: number, at: number, length: number): boolean {
  switch (type) {
    case RECORD_ROUTE:
    case LOOSE_ROUTE:
    case STRICT_ROUTE:
      return checkRoute(d, p, at, length);
    case TIMESTAMP:
      return checkTimestamp(d, p, at, length);
    case CIPSO:
      return checkCipso(d, p, at, length);
    case QUICK_START:
      return requireLength(d, p, length === 8);
    case SECURITY:
      return requireLength(d, p, length >= 3);
    case EXTENDED_SECURITY:
      return requireLength(d, p, length >= 5);
    case STREAM_ID:
    case ROUTER_ALERT:
      return requireLength(d, p, length === 4);
  }
  return true;
}

function requireLength(d: Decoding, p: number, good: boolean): boolean {
  return good || d.countAsInvalid(p, Events.IPV4_OPT_INVALID_LEN);
}

/** The pointer counts from 1 at the type: 4 is the first address, and it may be just after the last. */
function checkRoute(d: Decoding, p: number, at: number, length: number): boolean {
  if (length < 3) return d.countAsInvalid(p, Events.IPV4_OPT_INVALID_LEN);
  const pointer = d.bytes[at + 2]!;
  const good = pointer >= 4 && pointer % 4 === 0 && pointer <= length + 1;
  return good || d.countAsInvalid(p, Events.IPV4_OPT_MALFORMED);
}

/** Entries are timestamps only (flag 0), or addresses with timestamps (1, 3). */
function checkTimestamp(d: Decoding, p: number, at: number, length: number): boolean {
  if (length < 5) return d.countAsInvalid(p, Events.IPV4_OPT_INVALID_LEN);
  const pointer = d.bytes[at + 2]!;
  const flag = d.bytes[at + 3]! & 0xf;
  const entry = flag === 1 || flag === 3 ? 8 : 4;
  const inside = pointer >= 5 && pointer <= length + 1;
  const whole = (pointer - 5) % entry === 0 && (length - 4) % entry === 0;
  return (inside && whole) || d.countAsInvalid(p, Events.IPV4_OPT_MALFORMED);
}

const CIPSO_SMALLEST = 10;
const CIPSO_HEADER = 6;

/** Domain of interpretation (not 0) and tags: 1, 2, 5, 6, 7, each with a length and an alignment byte. */
function checkCipso(d: Decoding, p: number, at: number, length: number): boolean {
  if (length < CIPSO_SMALLEST) return d.countAsInvalid(p, Events.IPV4_OPT_INVALID_LEN);
  if (d.i32(at + 2) === 0) return d.countAsInvalid(p, Events.IPV4_OPT_MALFORMED);
  const end = at + length;
  for (let tag = at + CIPSO_HEADER; tag < end; tag += d.bytes[tag + 1]!) {
    if (!isGoodCipsoTag(d, tag, end)) return d.countAsInvalid(p, Events.IPV4_OPT_MALFORMED);
  }
  return true;
}

function isGoodCipsoTag(d: Decoding, tag: number, end: number): boolean {
  if (end - tag < 2) return false;
  const type = d.bytes[tag]!;
  const length = d.bytes[tag + 1]!;
  if (length < 4 || length > end - tag) return false;
  if (type === 7) return true;
  if (type !== 1 && type !== 2 && type !== 5 && type !== 6) return false;
  return d.bytes[tag + 2] === 0;
}
