/** Options in hop-by-hop and destination headers (RFC 8200 section 4.2). They are only checked for events. */
import * as Events from '../../engine/packet/packet-events.js';
import type { Decoding } from './decoding.js';

const PAD1 = 0;
const PADN = 1;
const ROUTER_ALERT = 0x05;
const JUMBO = 0xc2;
const HOME_ADDRESS = 0xc9;

export function checkIpv6Options(
  d: Decoding,
  p: number,
  hopByHop: boolean,
  at: number,
  end: number,
): boolean {
  let onlyPadding = true;
  while (at < end) {
    const type = d.bytes[at]!;
    if (type === PAD1) {
      at++;
      continue;
    }
    if (end - at < 2) break;
    const length = d.bytes[at + 1]!;
    if (length > end - at - 2) return d.event(p, Events.IPV6_EXTHDR_INVALID_OPTLEN);
    if (type === PADN) {
      if (length === 0) d.event(p, Events.IPV6_ZERO_LEN_PADN);
    } else {
      onlyPadding = false;
      if (!checkOption(d, p, hopByHop, type, length)) return true;
    }
    at += 2 + length;
  }
  if (onlyPadding) d.event(p, hopByHop ? Events.IPV6_HOPOPTS_ONLY_PADDING : Events.IPV6_DSTOPTS_ONLY_PADDING);
  return true;
}

/** @returns false when the rest cannot be parsed */
function checkOption(d: Decoding, p: number, hopByHop: boolean, type: number, length: number): boolean {
  const expected = expectedLength(type);
  if (expected < 0) {
    d.event(p, hopByHop ? Events.IPV6_HOPOPTS_UNKNOWN_OPT : Events.IPV6_DSTOPTS_UNKNOWN_OPT);
    return true;
  }
  if (length === expected) return true;
  d.event(p, Events.IPV6_EXTHDR_INVALID_OPTLEN);
  return false;
}

/** -1 for an unknown option. */
function expectedLength(type: number): number {
  if (type === ROUTER_ALERT) return 2;
  if (type === JUMBO) return 4;
  return type === HOME_ADDRESS ? 16 : -1;
}
