/**
 * The beginning of a session: from the first SYN to ESTABLISHED, or its pick-up in mid-stream.
 *
 * An acknowledgment tells which of several SYNs or SYN/ACKs counted; a server may answer by a SYN of its own; data may
 * come with the SYN (RFC 7413) or with the ACK.
 */
import * as Packet from '../../../engine/packet.js';
import * as Event from '../../../engine/packet-events.js';
import * as State from '../../../engine/tcp-state.js';
import { isValidAck, takeAck } from './acknowledgment.js';
import {
  ACCEPTED,
  type Context,
  distance,
  REJECTED,
  raiseNextSeq,
  reject,
  setState,
  updateWindow,
} from './context.js';
import { deliver, openDirection, reopenDirection } from './delivery.js';
import { takeFin } from './established.js';
import { close, isValidReset } from './reset.js';
import { ACK, FIN, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';
import { echoesSyn, isValidInHandshake } from './timestamps.js';

/** Takes the SYN or SYN/ACK as the beginning of what its sender sends. */
export function beginDirection(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.own + Session.ISN] = x.seq;
  cells[x.own + Session.NEXT_SEQ] = (x.seq + 1) | 0;
  cells[x.own + Session.LAST_ACK] = x.seq;
  cells[x.own + Session.RECEIVED] = (x.seq + 1) | 0;
  cells[x.own + Session.NEXT_WIN] = (x.seq + cells[x.own + Session.WINDOW]!) | 0;
  const flags = x.own + Session.DIRECTION_FLAGS;
  cells[flags]! &= ~(Session.DIRECTION_TIMESTAMPS | Session.DIRECTION_ZERO_TIMESTAMP);
  if (!x.options().hasTimestamp) return;
  cells[x.own + Session.TIMESTAMP] = x.timestamp;
  cells[x.own + Session.TIMESTAMP_SECONDS] = x.seconds;
  cells[flags]! |= Session.DIRECTION_TIMESTAMPS;
  if (x.timestamp === 0) cells[flags]! |= Session.DIRECTION_ZERO_TIMESTAMP;
}

/** The first SYN of a session, or one that takes its place. */
export function takeSyn(c: Context, x: Segment): void {
  const { cells } = c;
  x.options();
  beginDirection(c, x);
  // The window of a SYN is never scaled; its scale counts when the other side has one too.
  cells[x.other + Session.WINDOW] = x.window;
  cells[x.other + Session.SCALE] = Math.max(0, x.scale);
  const { SESSION_CLIENT_SCALE, SESSION_CLIENT_SACK, SESSION_FAST_OPEN } = Session;
  const flags =
    cells[x.session + Session.FLAGS]! & ~(SESSION_CLIENT_SCALE | SESSION_CLIENT_SACK | SESSION_FAST_OPEN);
  cells[x.session + Session.FLAGS] =
    flags |
    (x.scale >= 0 ? SESSION_CLIENT_SCALE : 0) |
    (x.sackPermitted ? SESSION_CLIENT_SACK : 0) |
    (x.fastOpen ? SESSION_FAST_OPEN : 0);
  if (x.fastOpen && x.length > 0) takeSynData(c, x);
}

/** Data of a SYN with Fast Open: the SYN/ACK tells whether it was taken. */
function takeSynData(c: Context, x: Segment): void {
  const first = (x.seq + 1) | 0;
  reopenDirection(c, x, x.own, first);
  x.seq = first;
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
  x.seq = (first - 1) | 0;
}

// ── SYN_SENT ─────────────────────────────────────────────────────────────────────────────────────────

export function inSynSent(c: Context, x: Segment): boolean {
  if (x.has(RST)) return resetInSynSent(c, x);
  if (x.has(FIN)) return echoesSyn(c, x);
  if (x.has(SYN) && x.has(ACK)) return x.toServer ? synAckOfClient(c, x) : synAckOfServer(c, x);
  if (x.has(SYN)) return x.toServer ? synAgain(c, x) : synOfServer(c, x);
  return x.has(ACK) ? asyncPickup(c, x) : ACCEPTED;
}

/** To answer a SYN, a reset must acknowledge it (RFC 9293 section 3.10.7.3). */
function resetInSynSent(c: Context, x: Segment): boolean {
  if (!echoesSyn(c, x)) return REJECTED;
  if (x.toServer) {
    if (distance(x.seq, c.cells[x.own + Session.ISN]!) < 0) return REJECTED;
  } else if (!x.has(ACK)) {
    return ACCEPTED;
  } else if (!acknowledgesAnySyn(c, x)) {
    Packet.setEvent(c.row, x.p, Event.STREAM_PKT_INVALID_ACK);
    return reject(c, x, Event.STREAM_RST_INVALID_ACK);
  }
  close(c, x);
  return ACCEPTED;
}

function acknowledgesAnySyn(c: Context, x: Segment): boolean {
  return acknowledgesSyn(c, x) || acknowledgesSynData(c, x) || c.queue.holds(x.session, x.ack);
}

function acknowledgesSyn(c: Context, x: Segment): boolean {
  return x.ack === ((c.cells[x.other + Session.ISN]! + 1) | 0);
}

/** A SYN like the first is a retransmission; others are kept until the SYN/ACK tells which one counts. */
function synAgain(c: Context, x: Segment): boolean {
  const { settings, queue } = c;
  x.options();
  if (c.cells[x.session + Session.QUEUE_LENGTH] === 0 && isFirstSyn(c, x)) return ACCEPTED;
  return queue.add(x, settings.maxSynQueued) || reject(c, x, Event.STREAM_3WHS_SYN_FLOOD);
}

function isFirstSyn(c: Context, x: Segment): boolean {
  const { cells } = c;
  return (
    cells[x.own + Session.ISN] === x.seq &&
    cells[x.other + Session.WINDOW] === x.window &&
    cells[x.other + Session.SCALE] === Math.max(0, x.scale) &&
    (!x.hasTimestamp || cells[x.own + Session.TIMESTAMP] === x.timestamp)
  );
}

/** The server answers with a SYN of its own: simultaneous open, or a handshake of four packets. */
function synOfServer(c: Context, x: Segment): boolean {
  c.cells[x.session + Session.FLAGS]! |= Session.SESSION_4WHS;
  x.options();
  beginDirection(c, x);
  c.cells[x.other + Session.WINDOW] = x.window;
  c.cells[x.other + Session.NEXT_WIN] = (c.cells[x.other + Session.NEXT_SEQ]! + x.window) | 0;
  return ACCEPTED;
}

/** The client's SYN/ACK is the third packet of a handshake of four. */
function synAckOfClient(c: Context, x: Segment): boolean {
  const { cells } = c;
  if ((cells[x.session + Session.FLAGS]! & Session.SESSION_4WHS) === 0) {
    return reject(c, x, Event.STREAM_3WHS_SYNACK_IN_WRONG_DIRECTION);
  }
  if (x.ack !== ((cells[x.other + Session.ISN]! + 1) | 0)) {
    return reject(c, x, Event.STREAM_4WHS_SYNACK_WITH_WRONG_ACK);
  }
  if (x.seq !== cells[x.own + Session.ISN]) return reject(c, x, Event.STREAM_4WHS_SYNACK_WITH_WRONG_SYN);
  cells[x.other + Session.LAST_ACK] = x.ack;
  updateWindow(c, x, x.other);
  agreeOnOptions(c, x);
  setState(c, x, State.SYN_RECV);
  return ACCEPTED;
}

function synAckOfServer(c: Context, x: Segment): boolean {
  const { cells } = c;
  x.options();
  if (!acknowledgesSyn(c, x) && !recallSyn(c, x) && !acknowledgesSynData(c, x)) {
    return reject(c, x, Event.STREAM_3WHS_SYNACK_WITH_WRONG_ACK);
  }
  if (!echoesSyn(c, x)) return REJECTED;
  if (acknowledgesSyn(c, x) && cells[x.other + Session.NEXT_SEQ] !== x.ack) ignoreSynData(c, x);
  c.queue.clear(x.session);
  takeSynAck(c, x);
  setState(c, x, State.SYN_RECV);
  return ACCEPTED;
}

function acknowledgesSynData(c: Context, x: Segment): boolean {
  const { cells } = c;
  const fastOpen = (cells[x.session + Session.FLAGS]! & Session.SESSION_FAST_OPEN) !== 0;
  return (
    fastOpen &&
    distance(x.ack, cells[x.other + Session.ISN]!) > 0 &&
    distance(x.ack, cells[x.other + Session.NEXT_SEQ]!) <= 0
  );
}

/** One of the SYNs that came later is the one acknowledged: the session begins with it. */
function recallSyn(c: Context, x: Segment): boolean {
  const { seq, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length } = x;
  if (!c.queue.recall(x.session, x.ack, x)) return false;
  turn(x);
  takeSyn(c, x);
  turn(x);
  Object.assign(x, { seq, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length });
  return true;
}

function turn(x: Segment): void {
  const { own } = x;
  x.own = x.other;
  x.other = own;
  x.toServer = !x.toServer;
}

/** The SYN/ACK acknowledges the SYN alone: its data was not taken and will be sent again. */
function ignoreSynData(c: Context, x: Segment): void {
  Packet.setEvent(c.row, x.p, Event.STREAM_3WHS_SYNACK_TFO_DATA_IGNORED);
  c.cells[x.session + Session.FLAGS]! |= Session.SESSION_SYN_DATA_IGNORED;
  c.cells[x.other + Session.NEXT_SEQ] = x.ack;
  reopenDirection(c, x, x.other, x.ack);
}

/** Takes over what a SYN/ACK says. */
export function takeSynAck(c: Context, x: Segment): void {
  const { cells } = c;
  beginDirection(c, x);
  cells[x.other + Session.LAST_ACK] = x.ack;
  cells[x.other + Session.WINDOW] = x.window;
  agreeOnOptions(c, x);
  cells[x.other + Session.NEXT_WIN] = (x.ack + x.window) | 0;
  cells[x.own + Session.NEXT_WIN] = (cells[x.own + Session.LAST_ACK]! + cells[x.own + Session.WINDOW]!) | 0;
  if (x.length === 0 || (cells[x.session + Session.FLAGS]! & Session.SESSION_FAST_OPEN) === 0) return;
  const first = (x.seq + 1) | 0;
  openDirection(c, x, x.own, first);
  x.seq = first;
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
}

/** What both sides offered counts: scale, SACK, timestamps. `x` is the answer to the offer. */
function agreeOnOptions(c: Context, x: Segment): void {
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

/** An ACK of the client after its SYN: the server's packets take another way. */
function asyncPickup(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (!x.toServer || !c.settings.async) return ACCEPTED;
  if (x.seq !== cells[x.own + Session.NEXT_SEQ]) return reject(c, x, Event.STREAM_3WHS_ASYNC_WRONG_SEQ);
  cells[x.session + Session.FLAGS]! |= Session.SESSION_ASYNC;
  assumeOther(c, x);
  agreeOnOptions(c, x);
  establish(c, x);
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
  return ACCEPTED;
}

/** The other side was not seen: what it sent is what is acknowledged. */
function assumeOther(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.other + Session.ISN] = (x.ack - 1) | 0;
  cells[x.other + Session.NEXT_SEQ] = x.ack;
  cells[x.other + Session.LAST_ACK] = x.ack;
  cells[x.other + Session.WINDOW] = x.window << cells[x.other + Session.SCALE]!;
  cells[x.other + Session.NEXT_WIN] = (x.ack + cells[x.other + Session.WINDOW]!) | 0;
  cells[x.own + Session.LAST_ACK] = x.seq;
  cells[x.own + Session.NEXT_WIN] = (x.seq + cells[x.own + Session.WINDOW]!) | 0;
}

// ── SYN_RECV ─────────────────────────────────────────────────────────────────────────────────────────

export function inSynRecv(c: Context, x: Segment): boolean {
  if (x.has(RST)) return resetInSynRecv(c, x);
  if (x.has(FIN)) return finInSynRecv(c, x);
  if (x.has(SYN) && x.has(ACK)) return synAckAgain(c, x);
  if (x.has(SYN)) return synInSynRecv(c, x);
  return x.has(ACK) ? ackInSynRecv(c, x) : ACCEPTED;
}

/** Systems that answer a wrong acknowledgment with a reset do not give up the session by it. */
function resetInSynRecv(c: Context, x: Segment): boolean {
  if (!isValidReset(c, x)) return REJECTED;
  if (c.cells[x.session + Session.FLAGS]! & Session.SESSION_EVASION) return ACCEPTED;
  close(c, x);
  return ACCEPTED;
}

function finInSynRecv(c: Context, x: Segment): boolean {
  if (x.has(SYN)) return reject(c, x, Event.STREAM_FIN_SYN);
  if (!x.has(ACK)) return ACCEPTED;
  if (!isExpectedAck(c, x)) return isValidAck(c, x) ? ACCEPTED : reject(c, x, Event.STREAM_FIN_INVALID_ACK);
  establish(c, x);
  return takeFin(c, x);
}

function synAckAgain(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (x.toServer) {
    if (cells[x.session + Session.FLAGS]! & Session.SESSION_4WHS) return ACCEPTED;
    return reject(c, x, Event.STREAM_3WHS_SYNACK_TOSERVER_ON_SYN_RECV);
  }
  if (x.ack !== cells[x.other + Session.LAST_ACK]) {
    return reject(c, x, Event.STREAM_3WHS_SYNACK_RESEND_WITH_DIFFERENT_ACK);
  }
  if (x.seq === cells[x.own + Session.ISN]) return ACCEPTED;
  Packet.setEvent(c.row, x.p, Event.STREAM_3WHS_SYNACK_RESEND_WITH_DIFF_SEQ);
  x.options();
  // The one that began the session takes a place too.
  const others = c.settings.maxSynAckQueued - 1;
  return c.queue.add(x, others) || reject(c, x, Event.STREAM_3WHS_SYNACK_FLOOD);
}

function synInSynRecv(c: Context, x: Segment): boolean {
  if (!x.toServer) {
    if (c.cells[x.session + Session.FLAGS]! & Session.SESSION_4WHS) return ACCEPTED;
    return reject(c, x, Event.STREAM_3WHS_SYN_TOCLIENT_ON_SYN_RECV);
  }
  return x.seq === c.cells[x.own + Session.ISN]
    ? ACCEPTED
    : reject(c, x, Event.STREAM_3WHS_SYN_RESEND_DIFF_SEQ_ON_SYN_RECV);
}

function isExpectedAck(c: Context, x: Segment): boolean {
  return x.seq === c.cells[x.own + Session.NEXT_SEQ] && x.ack === c.cells[x.other + Session.NEXT_SEQ];
}

function ackInSynRecv(c: Context, x: Segment): boolean {
  const flags = c.cells[x.session + Session.FLAGS]!;
  if (flags & Session.SESSION_4WHS && !x.toServer) return ackOf4whs(c, x);
  if (!x.toServer && (flags & Session.SESSION_MIDSTREAM_SYNACK) === 0) return ackOfServer(c, x);
  if (!isValidInHandshake(c, x)) return REJECTED;
  if (!isExpectedAck(c, x)) recallSynAck(c, x);
  if (isExpectedAck(c, x)) return complete(c, x);
  return ackOutOfPlace(c, x);
}

function complete(c: Context, x: Segment): boolean {
  // Data with the ACK belongs to the established session already.
  if (x.length > 0) c.row[x.p + Packet.FLOW_STATE]! |= Packet.FLOW_ESTABLISHED;
  c.queue.clear(x.session);
  updateWindow(c, x, x.other);
  establish(c, x);
  takeAck(c, x);
  raiseNextSeq(c, x.own, x.end);
  deliver(c, x);
  return ACCEPTED;
}

/** One of the other SYN/ACKs is the one acknowledged. */
function recallSynAck(c: Context, x: Segment): void {
  if (c.cells[x.session + Session.QUEUE_LENGTH] === 0) return;
  const { seq, ack, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length } =
    x.options();
  if (!c.queue.recall(x.session, ack, x)) return;
  turn(x);
  x.ack = seq;
  takeSynAck(c, x);
  turn(x);
  Object.assign(x, {
    seq,
    ack,
    window,
    scale,
    hasTimestamp,
    timestamp,
    seconds,
    sackPermitted,
    fastOpen,
    length,
  });
}

/** The sequence or acknowledgment number is not the expected one. */
function ackOutOfPlace(c: Context, x: Segment): boolean {
  const { cells } = c;
  const next = cells[x.own + Session.NEXT_SEQ]!;
  const fits = x.ack === cells[x.other + Session.NEXT_SEQ];
  if (fits && distance(x.seq, next) > 0 && distance(x.seq, cells[x.own + Session.NEXT_WIN]!) <= 0)
    return complete(c, x);
  // A repeated one, or a keep-alive.
  if (fits && x.seq === ((next - 1) | 0)) return ACCEPTED;
  if (c.settings.async && x.toServer && x.seq === next) {
    cells[x.session + Session.FLAGS]! |= Session.SESSION_ASYNC;
    return complete(c, x);
  }
  if (x.seq !== next) return reject(c, x, Event.STREAM_3WHS_WRONG_SEQ_WRONG_ACK);
  cells[x.session + Session.FLAGS]! |= Session.SESSION_EVASION;
  return reject(c, x, Event.STREAM_3WHS_RIGHT_SEQ_WRONG_ACK_EVASION);
}

/** A segment of the server before the client's ACK: fine when it shows that the ACK was there and only not seen. */
function ackOfServer(c: Context, x: Segment): boolean {
  const { cells } = c;
  const expected = x.seq === cells[x.own + Session.NEXT_SEQ];
  const more = distance(x.ack, cells[x.other + Session.LAST_ACK]!) > 0;
  const fastOpen = (cells[x.session + Session.FLAGS]! & Session.SESSION_FAST_OPEN) !== 0;
  if (expected && (more || fastOpen) && isValidAck(c, x)) return complete(c, x);
  const answered = x.ack === cells[x.other + Session.LAST_ACK];
  // A repeated acknowledgment of the SYN.
  if (expected && answered && x.length === 0) return ACCEPTED;
  if (x.length > 0 && answered) return reject(c, x, Event.STREAM_3WHS_ACK_DATA_INJECT);
  return reject(c, x, Event.STREAM_3WHS_ACK_IN_WRONG_DIR);
}

function ackOf4whs(c: Context, x: Segment): boolean {
  if (x.seq !== c.cells[x.own + Session.NEXT_SEQ]) return reject(c, x, Event.STREAM_4WHS_WRONG_SEQ);
  if (!isValidAck(c, x)) return reject(c, x, Event.STREAM_4WHS_INVALID_ACK);
  return complete(c, x);
}

/** The session is established: both directions can bring data. */
export function establish(c: Context, x: Segment): void {
  const { cells } = c;
  const client = x.session + Session.CLIENT;
  const server = x.session + Session.SERVER;
  openDirection(c, x, client, (cells[client + Session.ISN]! + 1) | 0);
  openDirection(c, x, server, (cells[server + Session.ISN]! + 1) | 0);
  setState(c, x, State.ESTABLISHED);
}
