/**
 * Which resets close a session. RFC 5961 requires the next expected sequence number; older systems accept others.
 */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as State from '../../../engine/stream/tcp-state.js';
import { isValidAck } from './acknowledgment.js';
import { ACCEPTED, type Context, distance, REJECTED, raiseLastAck, reject, setState } from './context.js';
import { finishDirection } from './delivery.js';
import * as Os from './os-policy.js';
import { ACK, type Segment } from './segment.js';
import * as Session from './session.js';
import { isValidTimestamp } from './timestamps.js';

/** A segment with the RST flag in a session that is established or later. */
export function processReset(c: Context, x: Segment): boolean {
  if (!isGenuine(c, x)) return REJECTED;
  if (!isExpected(c, x)) return mayBeExpected(c, x) ? ACCEPTED : REJECTED;
  if (x.length > 0) Packet.setEvent(c.row, x.p, Event.STREAM_RST_WITH_DATA);
  close(c, x);
  return ACCEPTED;
}

/**
 * Inline it is accepted without closing the session here: packets lost beyond the sensor did not reach the receiver,
 * which may expect this number, or ask for the right one (RFC 5961 section 3.2). Without it the connection would never
 * end.
 */
function mayBeExpected(c: Context, x: Segment): boolean {
  const { cells, settings } = c;
  if (!settings.inline) return false;
  const oldest = (cells[x.own + Session.LAST_ACK]! - cells[x.own + Session.MAX_WINDOW]!) | 0;
  return distance(x.seq, oldest) >= 0 && distance(x.seq, cells[x.own + Session.NEXT_WIN]!) <= 0;
}

/** Closes the session: data sent so far is delivered, whether acknowledged or not. */
export function close(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.session + Session.STATE_BEFORE_RESET] = cells[x.session + Session.STATE]!;
  cells[x.session + Session.FLAGS]! |= Session.SESSION_RESET;
  cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_RESET;
  if (x.options().signature) cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_SIGNED_RESET;
  if (cells[x.session + Session.STATE]! >= State.ESTABLISHED) {
    if (x.has(ACK)) raiseLastAck(c, x.other, x.ack);
    raiseLastAck(c, x.own, x.seq);
  }
  setState(c, x, State.CLOSED);
  const flags = Packet.STREAM_END | Packet.STREAM_RESET;
  finishDirection(c, x.session, x.slot, x.flow, !x.toServer, flags);
  finishDirection(c, x.session, x.slot, x.flow, x.toServer, flags);
  cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_FINISHED;
  cells[x.other + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_FINISHED;
}

export function isValidReset(c: Context, x: Segment): boolean {
  return isGenuine(c, x) && isExpected(c, x);
}

/** Apart from its number it is valid in the session. */
function isGenuine(c: Context, x: Segment): boolean {
  if (c.cells[x.own + Session.POLICY] === Os.LINUX_6) return !x.options().signature;
  if (!isValidTimestamp(c, x)) return false;
  return isValidAck(c, x) || reject(c, x, Event.STREAM_RST_INVALID_ACK);
}

/** Its number is one that the receiver accepts. */
function isExpected(c: Context, x: Segment): boolean {
  const policy = c.cells[x.own + Session.POLICY]!;
  if (policy === Os.LINUX_6) return isExactReset(c, x);
  const next = c.cells[x.own + Session.NEXT_SEQ]!;
  if (c.cells[x.session + Session.FLAGS]! & Session.SESSION_ASYNC) return distance(x.seq, next) >= 0;
  switch (policy) {
    case Os.HPUX11:
      return distance(x.seq, next) >= 0;
    case Os.LINUX:
    case Os.OLD_LINUX:
    case Os.SOLARIS:
    case Os.OLD_SOLARIS:
      return (
        distance(x.end, c.cells[x.own + Session.LAST_ACK]!) >= 0 &&
        distance(x.seq, (next + c.cells[x.own + Session.WINDOW]!) | 0) < 0
      );
    default:
      return x.seq === next || isBehindFin(c, x);
  }
}

/** The number after a FIN that was acknowledged: a host that has closed answers data with such a reset. */
function isBehindFin({ cells }: Context, x: Segment): boolean {
  if ((cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN) === 0) return false;
  return x.seq === ((cells[x.own + Session.FIN_SEQ]! + 1) | 0) && x.seq === cells[x.own + Session.LAST_ACK]!;
}

/** The number expected next, or the right edge of what the receiver reported by SACK. */
function isExactReset({ cells }: Context, x: Segment): boolean {
  if (x.seq === cells[x.own + Session.RECEIVED]!) return true;
  const sack = (cells[x.session + Session.FLAGS]! & Session.SESSION_SACK) !== 0;
  return sack && cells[x.own + Session.SACKED] === x.seq && cells[x.own + Session.SACKED] !== 0;
}
