/**
 * Which resets close a session. RFC 5961 wants the sequence number that is expected next; older systems take others.
 */
import * as Packet from '../../../engine/packet.js';
import * as Event from '../../../engine/packet-events.js';
import * as State from '../../../engine/tcp-state.js';
import { isValidAck } from './acknowledgment.js';
import { ACCEPTED, type Context, distance, REJECTED, raiseLastAck, reject, setState } from './context.js';
import { finishDirection } from './delivery.js';
import * as Os from './os-policy.js';
import { ACK, type Segment } from './segment.js';
import * as Session from './session.js';
import { isValidTimestamp } from './timestamps.js';

/** A segment with the RST flag in a session that is established or later. */
export function takeReset(c: Context, x: Segment): boolean {
  if (!isValidReset(c, x)) return REJECTED;
  if (x.length > 0) Packet.setEvent(c.row, x.p, Event.STREAM_RST_WITH_DATA);
  close(c, x);
  return ACCEPTED;
}

/** Closes the session: what was sent so far is handed on, whether acknowledged or not. */
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
  const policy = c.cells[x.own + Session.POLICY]!;
  if (policy === Os.LINUX_6) return isExactReset(c, x);
  if (!isValidTimestamp(c, x)) return false;
  if (!isValidAck(c, x)) return reject(c, x, Event.STREAM_RST_INVALID_ACK);
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
      return x.seq === next;
  }
}

/** The number expected next, or the right edge of what the receiver reported by SACK. */
function isExactReset(c: Context, x: Segment): boolean {
  if (x.options().signature) return false;
  const { cells } = c;
  if (x.seq === cells[x.own + Session.RECEIVED]!) return true;
  const sack = (cells[x.session + Session.FLAGS]! & Session.SESSION_SACK) !== 0;
  return sack && cells[x.own + Session.SACKED] === x.seq && cells[x.own + Session.SACKED] !== 0;
}
