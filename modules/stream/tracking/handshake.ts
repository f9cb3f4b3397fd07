/**
 * Starts the directions of a session: takes over the fields of SYN and SYN/ACK, and establishes the session.
 */
import * as State from '../../../engine/stream/tcp-state.js';
import { type Context, raiseNextSeq, setState, setWindow } from './context.js';
import { deliver, openDirection, reopenDirection } from './delivery.js';
import type { Segment } from './segment.js';
import * as Session from './session.js';

/** Uses the SYN or SYN/ACK as the start of its sender's data. */
export function beginDirection(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.own + Session.ISN] = x.seq;
  cells[x.own + Session.NEXT_SEQ] = (x.seq + 1) | 0;
  cells[x.own + Session.LAST_ACK] = x.seq;
  cells[x.own + Session.RECEIVED] = (x.seq + 1) | 0;
  cells[x.own + Session.NEXT_WIN] = (x.seq + 1 + cells[x.own + Session.WINDOW]!) | 0;
  const flags = x.own + Session.DIRECTION_FLAGS;
  cells[flags]! &= ~(Session.DIRECTION_TIMESTAMPS | Session.DIRECTION_ZERO_TIMESTAMP);
  if (!x.options().hasTimestamp) return;
  cells[x.own + Session.TIMESTAMP] = x.timestamp;
  cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
  cells[flags]! |= Session.DIRECTION_TIMESTAMPS;
  if (x.timestamp === 0) cells[flags]! |= Session.DIRECTION_ZERO_TIMESTAMP;
}

/** The first SYN of a session, or one that replaces it. */
export function processSyn(c: Context, x: Segment): void {
  const { cells } = c;
  x.options();
  beginDirection(c, x);
  // The window of a SYN is never scaled; its scale is used if the other side offers one too.
  setWindow(c, x.other, x.window);
  cells[x.other + Session.SCALE] = Math.max(0, x.scale);
  const { SESSION_CLIENT_SCALE, SESSION_CLIENT_SACK, SESSION_FAST_OPEN } = Session;
  const flags =
    cells[x.session + Session.FLAGS]! & ~(SESSION_CLIENT_SCALE | SESSION_CLIENT_SACK | SESSION_FAST_OPEN);
  cells[x.session + Session.FLAGS] =
    flags |
    (x.scale >= 0 ? SESSION_CLIENT_SCALE : 0) |
    (x.sackPermitted ? SESSION_CLIENT_SACK : 0) |
    (x.fastOpen ? SESSION_FAST_OPEN : 0);
  if (x.fastOpen && x.length > 0) processSynData(c, x);
}

/** Data of a SYN with Fast Open: the SYN/ACK shows whether it was accepted. */
function processSynData(c: Context, x: Segment): void {
  const first = (x.seq + 1) | 0;
  reopenDirection(c, x, x.own, first);
  x.seq = first;
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
  x.seq = (first - 1) | 0;
}

/** Takes over the fields of a SYN/ACK. */
export function processSynAck(c: Context, x: Segment): void {
  const { cells } = c;
  beginDirection(c, x);
  cells[x.other + Session.LAST_ACK] = x.ack;
  setWindow(c, x.other, x.window);
  agreeOnOptions(c, x);
  cells[x.other + Session.NEXT_WIN] = (x.ack + x.window) | 0;
  // The window of the SYN applies to data: the number of the SYN/ACK is not counted.
  cells[x.own + Session.NEXT_WIN] = (x.seq + 1 + cells[x.own + Session.WINDOW]!) | 0;
  if (x.length === 0 || (cells[x.session + Session.FLAGS]! & Session.SESSION_FAST_OPEN) === 0) return;
  const first = (x.seq + 1) | 0;
  openDirection(c, x, x.own, first);
  x.seq = first;
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
}

/** Options that both sides offered are enabled: scale, SACK, timestamps. `x` is the answer to the offer. */
export function agreeOnOptions(c: Context, x: Segment): void {
  const { cells } = c;
  const flags = cells[x.session + Session.FLAGS]!;
  const scaled = x.scale >= 0 && (flags & Session.SESSION_CLIENT_SCALE) !== 0;
  cells[x.other + Session.SCALE] = scaled ? x.scale : 0;
  if (!scaled) cells[x.own + Session.SCALE] = 0;
  const both =
    cells[x.own + Session.DIRECTION_FLAGS]! &
    cells[x.other + Session.DIRECTION_FLAGS]! &
    Session.DIRECTION_TIMESTAMPS;
  const sack = x.sackPermitted && (flags & Session.SESSION_CLIENT_SACK) !== 0;
  cells[x.session + Session.FLAGS] =
    (flags & ~(Session.SESSION_TIMESTAMPS | Session.SESSION_SACK)) |
    (both ? Session.SESSION_TIMESTAMPS : 0) |
    (sack ? Session.SESSION_SACK : 0);
}

/** The session is established: both directions can carry data. */
export function establish(c: Context, x: Segment): void {
  const { cells } = c;
  const client = x.session + Session.CLIENT;
  const server = x.session + Session.SERVER;
  openDirection(c, x, client, (cells[client + Session.ISN]! + 1) | 0);
  openDirection(c, x, server, (cells[server + Session.ISN]! + 1) | 0);
  setState(c, x, State.ESTABLISHED);
}

export function turn(x: Segment): void {
  const { own } = x;
  x.own = x.other;
  x.other = own;
  x.toServer = !x.toServer;
}
