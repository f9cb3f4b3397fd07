/**
 * Segments accepted without changing a session: keep-alives and their answers (RFC 9293 section 3.8.4), old
 * acknowledgments, and bad window updates.
 */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as State from '../../../engine/stream/tcp-state.js';
import { sentBy } from './acknowledgment.js';
import { type Context, distance, updateWindow } from './context.js';
import { FIN, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';

/** Whether the segment is accepted regardless of the session's state. */
export function passes(c: Context, x: Segment): boolean {
  if (x.flags & (SYN | FIN | RST)) return false;
  if (isKeepAlive(c, x)) return true;
  const answer = isKeepAliveAnswer(c, x);
  c.cells[x.own + Session.DIRECTION_FLAGS]! &= ~Session.DIRECTION_KEEP_ALIVE;
  if (answer) return true;
  return x.length === 0 && isBadWindowUpdate(c, x);
}

/**
 * One byte or none just before the next expected number, sent on an idle connection (RFC 9293 3.8.4). While data is
 * unacknowledged, it is an ordinary segment: it may overlap others, or advertise a window that has opened.
 */
function isKeepAlive(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (cells[x.own + Session.LAST_ACK] !== cells[x.own + Session.NEXT_SEQ]) return false;
  if (x.length > 1 || x.seq !== ((cells[x.own + Session.NEXT_SEQ]! - 1) | 0)) return false;
  if (x.ack !== cells[x.other + Session.LAST_ACK]) return false;
  cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_KEEP_ALIVE;
  // It may be a retransmission of the last byte by a host whose window has opened since.
  const { window } = x;
  if (window << cells[x.other + Session.SCALE]! > cells[x.other + Session.WINDOW]!)
    updateWindow(c, x, x.other);
  return true;
}

function isKeepAliveAnswer(c: Context, x: Segment): boolean {
  const { cells } = c;
  const asked = cells[x.other + Session.DIRECTION_FLAGS]! & Session.DIRECTION_KEEP_ALIVE;
  if (asked === 0 || x.length > 0) return false;
  cells[x.other + Session.DIRECTION_FLAGS]! &= ~Session.DIRECTION_KEEP_ALIVE;
  return (
    x.ack === cells[x.other + Session.LAST_ACK] &&
    x.seq === cells[x.own + Session.NEXT_SEQ] &&
    x.window << cells[x.other + Session.SCALE]! === cells[x.other + Session.WINDOW]
  );
}

/** A smaller window with numbers that neither side has reached: it would close the session's window. */
function isBadWindowUpdate(c: Context, x: Segment): boolean {
  const { cells } = c;
  const state = cells[x.session + Session.STATE]!;
  if (state < State.ESTABLISHED || state === State.CLOSED) return false;
  // The unseen side's progress is known from acknowledgments alone.
  if ((cells[x.session + Session.FLAGS]! & Session.SESSION_ASYNC) !== 0) return false;
  const window = x.window << cells[x.other + Session.SCALE]!;
  if (window >= cells[x.other + Session.WINDOW]!) return false;
  if (distance(x.ack, sentBy(c, x.other)) <= 0 || distance(x.seq, sentBy(c, x.own)) <= 0) return false;
  Packet.setEvent(c.row, x.p, Event.STREAM_PKT_BAD_WINDOW_UPDATE);
  return true;
}

/** Data that the receiver has acknowledged completely: sets an event. */
export function reportSpurious(c: Context, x: Segment): void {
  const { cells } = c;
  if (x.length === 0) return;
  if (distance(x.end, cells[x.own + Session.LAST_ACK]!) > 0) return;
  Packet.setEvent(c.row, x.p, Event.STREAM_PKT_SPURIOUS_RETRANSMISSION);
}
