/** Segments without a session: a SYN begins one; others do with midstream pickup, or if only one side is seen. */
import * as Event from '../../../engine/packet/packet-events.js';
import * as State from '../../../engine/stream/tcp-state.js';
import {
  ACCEPTED,
  acceptOld,
  type Context,
  REJECTED,
  raiseNextSeq,
  reject,
  setState,
  setWindow,
} from './context.js';
import { deliver } from './delivery.js';
import { trackOneSide } from './established.js';
import { establish, processSyn } from './handshake.js';
import { ACK, FIN, MAX_WINDOW, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';

/** The largest scale (RFC 7323 section 2.3): assumed for a side whose SYN was not seen. */
const MAX_SCALE = 14;

/** Begins a session: allocates its record and sets the segment's fields that depend on it. */
export type Begin = (x: Segment) => boolean;

export function withoutSession(c: Context, x: Segment, begin: Begin): boolean {
  if (x.has(RST)) return reject(c, x, Event.STREAM_RST_BUT_NO_SESSION);
  if (x.has(FIN)) return finWithoutSession(c, x, begin);
  if (x.has(SYN) && x.has(ACK)) return synAckWithoutSession(c, x, begin);
  if (x.has(SYN)) {
    if (!begin(x)) return REJECTED;
    setState(c, x, State.SYN_SENT);
    processSyn(c, x);
    return ACCEPTED;
  }
  return x.has(ACK) ? ackWithoutSession(c, x, begin) : ACCEPTED;
}

function mayPickUp(c: Context, x: Segment, allowed: boolean): boolean {
  c.midstreamPolicy.apply(x.slot, x.flow);
  return allowed;
}

function finWithoutSession(c: Context, x: Segment, begin: Begin): boolean {
  if (!mayPickUp(c, x, c.settings.midstream) || x.length === 0) {
    return acceptOld(c, x, Event.STREAM_FIN_BUT_NO_SESSION);
  }
  swapIfServer(c, x);
  if (!begin(x)) return REJECTED;
  pickUp(c, x, Session.SESSION_MIDSTREAM);
  setState(c, x, x.toServer ? State.CLOSE_WAIT : State.FIN_WAIT1);
  return ACCEPTED;
}

/** A SYN/ACK is sent by the server: client and server of the flow are exchanged. */
function synAckWithoutSession(c: Context, x: Segment, begin: Begin): boolean {
  if (!mayPickUp(c, x, c.settings.midstream || c.settings.async)) return ACCEPTED;
  if (x.toServer) c.table.swap(c.batch, x.index);
  x.toServer = false;
  if (!begin(x)) return REJECTED;
  c.counters.add(c.counters.midstreamPickups);
  const { cells } = c;
  const { SESSION_MIDSTREAM, SESSION_MIDSTREAM_SYNACK } = Session;
  cells[x.session + Session.FLAGS]! |= SESSION_MIDSTREAM | SESSION_MIDSTREAM_SYNACK;
  x.options();
  beginOther(c, x);
  beginOwn(c, x, x.seq);
  if (x.scale >= 0) {
    cells[x.other + Session.SCALE] = x.scale;
    cells[x.own + Session.SCALE] = MAX_SCALE;
  }
  cells[x.own + Session.NEXT_SEQ] = (x.seq + 1) | 0;
  if (x.hasTimestamp) cells[x.session + Session.FLAGS]! |= Session.SESSION_TIMESTAMPS;
  setState(c, x, State.SYN_RECV);
  return ACCEPTED;
}

function ackWithoutSession(c: Context, x: Segment, begin: Begin): boolean {
  if (!mayPickUp(c, x, c.settings.midstream)) return ACCEPTED;
  swapIfServer(c, x);
  if (!begin(x)) return REJECTED;
  pickUp(c, x, Session.SESSION_MIDSTREAM | (c.settings.async ? Session.SESSION_ASYNC : 0));
  return ACCEPTED;
}

/**
 * The first segment seen may be the server's: client and server of the flow are then exchanged before anything
 * depends on them.
 */
function swapIfServer(c: Context, x: Segment): void {
  if (!x.toServer || !c.firstSpeaker.isServer(x)) return;
  c.table.swap(c.batch, x.index);
  x.toServer = false;
}

function pickUp(c: Context, x: Segment, flags: number): void {
  c.counters.add(c.counters.midstreamPickups);
  const { cells } = c;
  cells[x.session + Session.FLAGS]! |= flags;
  cells[x.own + Session.SCALE] = MAX_SCALE;
  cells[x.other + Session.SCALE] = MAX_SCALE;
  beginOther(c, x);
  beginOwn(c, x, (x.seq - 1) | 0);
  if (x.options().hasTimestamp) cells[x.session + Session.FLAGS]! |= Session.SESSION_TIMESTAMPS;
  establish(c, x);
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
  if (flags & Session.SESSION_ASYNC) trackOneSide(c, x);
}

/** The sender's direction begins after `isn`; the window it was granted is unknown. */
function beginOwn(c: Context, x: Segment, isn: number): void {
  const { cells } = c;
  cells[x.own + Session.ISN] = isn;
  cells[x.own + Session.NEXT_SEQ] = (isn + 1) | 0;
  cells[x.own + Session.LAST_ACK] = (isn + 1) | 0;
  cells[x.own + Session.RECEIVED] = (isn + 1) | 0;
  setWindow(c, x.own, MAX_WINDOW << MAX_SCALE);
  cells[x.own + Session.NEXT_WIN] = (isn + 1 + cells[x.own + Session.WINDOW]!) | 0;
  if (!x.hasTimestamp && !x.options().hasTimestamp) return;
  cells[x.own + Session.TIMESTAMP] = x.timestamp;
  cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
  cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_TIMESTAMPS;
}

function beginOther(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.other + Session.ISN] = (x.ack - 1) | 0;
  cells[x.other + Session.NEXT_SEQ] = x.ack;
  cells[x.other + Session.LAST_ACK] = x.ack;
  cells[x.other + Session.RECEIVED] = x.ack;
  // A window that is closed now was open for data already in flight.
  setWindow(c, x.other, MAX_WINDOW);
  setWindow(c, x.other, x.window << cells[x.other + Session.SCALE]!);
  cells[x.other + Session.NEXT_WIN] = (x.ack + cells[x.other + Session.MAX_WINDOW]!) | 0;
  if (x.options().hasTimestamp) cells[x.other + Session.TIMESTAMP] = x.echo;
}
