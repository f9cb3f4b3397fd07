/**
 * Protection against wrapped sequence numbers (RFC 7323 section 5): a segment whose timestamp is older than that of
 * the last data received is old itself. Systems differ in how they handle a timestamp of 0 and in how strict they
 * are.
 */
import * as Event from '../../../engine/packet/packet-events.js';
import { type Context, distance, reject } from './context.js';
import * as Os from './os-policy.js';
import type { Segment } from './segment.js';
import * as Session from './session.js';

/** A TS.Recent older than this is no longer valid (RFC 7323 section 5.5). */
const TIMESTAMP_LIFETIME = 24 * 24 * 3600;

/** Whether the segment's timestamp is valid; sets an event when not, and stores it when it is. */
export function isValidTimestamp(c: Context, x: Segment): boolean {
  const { cells } = c;
  if ((cells[x.session + Session.FLAGS]! & Session.SESSION_TIMESTAMPS) === 0) return true;
  const policy = cells[x.own + Session.POLICY]!;
  if (!x.options().hasTimestamp) {
    if (policy === Os.SOLARIS || policy === Os.OLD_SOLARIS) {
      cells[x.session + Session.FLAGS]! &= ~Session.SESSION_TIMESTAMPS;
    }
    return true;
  }
  if (policy === Os.HPUX11 && x.seq !== cells[x.own + Session.NEXT_SEQ]!) return true;
  if (skipsComparison(c, x, policy)) return true;
  const difference = distance(x.timestamp, cells[x.own + Session.TIMESTAMP]!);
  const silence = x.seconds - (cells[x.own + Session.TIMESTAMP_SECONDS]! >>> 0);
  if (isOlder(c, policy, difference) && silence < TIMESTAMP_LIFETIME) {
    return reject(c, x, Event.STREAM_PKT_INVALID_TIMESTAMP);
  }
  storeTimestamp(
    c,
    x,
    policy === Os.LINUX_6 ? -distance(cells[x.own + Session.TIMESTAMP]!, x.timestamp) : difference,
  );
  return true;
}

/** A difference of half the number space is older for all but Linux, which compares the other way round. */
function isOlder(c: Context, policy: number, difference: number): boolean {
  if (policy === Os.LINUX_6) return (-difference | 0) > 1;
  const tolerance = c.settings.liberalTimestamps || policy === Os.LINUX ? 1 : 0;
  return ((difference + tolerance) | 0) < 0;
}

/**
 * A timestamp of 0 in the ACK of the handshake, after one in the SYN: some systems stop using timestamps, others take
 * accept no such ACK. @returns false when the segment is not valid
 */
export function isValidInHandshake(c: Context, x: Segment): boolean {
  const { cells } = c;
  const zeros =
    (cells[x.session + Session.FLAGS]! & Session.SESSION_TIMESTAMPS) !== 0 &&
    (cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_ZERO_TIMESTAMP) !== 0 &&
    x.options().hasTimestamp &&
    x.timestamp === 0;
  const policy = cells[x.own + Session.POLICY]!;
  if (!zeros || policy === Os.LINUX_6) return isValidTimestamp(c, x);
  if (!IGNORE_ZERO.has(policy)) return reject(c, x, Event.STREAM_PKT_INVALID_TIMESTAMP);
  cells[x.session + Session.FLAGS]! &= ~Session.SESSION_TIMESTAMPS;
  return true;
}

const IGNORE_ZERO = new Set([Os.OLD_LINUX, Os.SOLARIS, Os.OLD_SOLARIS, Os.WINDOWS, Os.VISTA, Os.WINDOWS2K3]);

/**
 * A handshake with timestamp 0: some systems stop checking, some store the first following timestamp as TS.Recent.
 * @returns true when this segment's timestamp is not compared
 */
function skipsComparison(c: Context, x: Segment, policy: number): boolean {
  const { cells } = c;
  const flags = x.own + Session.DIRECTION_FLAGS;
  if ((cells[flags]! & Session.DIRECTION_ZERO_TIMESTAMP) === 0) return false;
  switch (policy) {
    case Os.LINUX:
    case Os.WINDOWS2K3:
      cells[x.session + Session.FLAGS]! &= ~Session.SESSION_TIMESTAMPS;
      return true;
    case Os.OLD_LINUX:
    case Os.WINDOWS:
    case Os.VISTA:
      cells[flags]! &= ~Session.DIRECTION_ZERO_TIMESTAMP;
      cells[x.own + Session.TIMESTAMP] = x.timestamp;
      cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
      return true;
    case Os.LINUX_6:
      if (x.timestamp === 0) return true;
      cells[flags]! &= ~Session.DIRECTION_ZERO_TIMESTAMP;
      cells[x.own + Session.TIMESTAMP] = x.timestamp;
      cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
      return true;
    default:
      return false;
  }
}

/**
 * Only a segment that begins at the last acknowledged number, and is the next expected one, raises TS.Recent (RFC 7323
 * section 4.3): others have overtaken segments with older timestamps that are still valid. The sensor sees the
 * receiver's acknowledgments late, so the receiver may already have a retransmitted segment.
 */
function storeTimestamp(c: Context, x: Segment, difference: number): void {
  const { cells } = c;
  const acked = cells[x.own + Session.LAST_ACK]!;
  const inOrder = distance(x.seq, acked) <= 0 && distance(x.end, cells[x.own + Session.RECEIVED]!) >= 0;
  if (inOrder && difference >= 0) cells[x.own + Session.TIMESTAMP] = x.timestamp;
  if (inOrder) cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
}

/** In answer to a SYN the echoed timestamp must be the one sent. If none was sent, hosts echo arbitrary values. */
export function echoesSyn(c: Context, x: Segment): boolean {
  return isEchoOfSyn(c, x) || reject(c, x, Event.STREAM_PKT_INVALID_TIMESTAMP);
}

/** The same without setting an event. */
export function isEchoOfSyn(c: Context, x: Segment): boolean {
  if (x.toServer || !x.options().hasTimestamp || x.echo === 0) return true;
  const { cells } = c;
  const sent = (cells[x.other + Session.DIRECTION_FLAGS]! & Session.DIRECTION_TIMESTAMPS) !== 0;
  const timestamp = cells[x.other + Session.TIMESTAMP]!;
  return !sent || timestamp === 0 || timestamp === x.echo;
}
