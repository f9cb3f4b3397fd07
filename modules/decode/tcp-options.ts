/** Checks of TCP options: lengths, and options allowed only once. */
import * as Events from '../../engine/packet/packet-events.js';
import * as Options from '../../engine/packet/tcp-options.js';
import type { Decoding } from './decoding.js';

/** No-op, no-op, timestamps of 10 bytes: the options of most packets that have options. */
const JUST_TIMESTAMPS = 0x0101080a;

export function checkTcpOptions(d: Decoding, p: number, at: number, end: number): boolean {
  if (end - at === 12 && d.i32(at) === JUST_TIMESTAMPS) return true;
  let seen = 0;
  while (at < end) {
    const kind = d.bytes[at]!;
    if (kind === Options.END) return true;
    if (kind === Options.NOP) {
      at++;
      continue;
    }
    if (end - at < 2) return true;
    const length = d.bytes[at + 1]!;
    if (length < 2 || length > end - at) return d.countAsInvalid(p, Events.TCP_OPT_INVALID_LEN);
    const bit = kind < 32 ? 1 << kind : 0;
    if (!Options.isLengthOf(kind, length)) d.event(p, Events.TCP_OPT_INVALID_LEN);
    else if (seen & bit) d.event(p, Events.TCP_OPT_DUPLICATE);
    else seen |= isUnique(kind) ? bit : 0;
    at += length;
  }
  return true;
}

/** Options whose second occurrence sets an event. */
function isUnique(kind: number): boolean {
  switch (kind) {
    case Options.MSS:
    case Options.WINDOW_SCALE:
    case Options.SACK_PERMITTED:
    case Options.SACK:
    case Options.TIMESTAMPS:
    case Options.MD5:
    case Options.AO:
      return true;
    default:
      return false;
  }
}
