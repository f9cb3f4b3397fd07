/**
 * SYN_RECV: the server has answered. The client's acknowledgment, or a segment of the server that implies it,
 * establishes the session.
 */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import { isValidAck, processAck } from './acknowledgment.js';
import { ACCEPTED, type Context, distance, REJECTED, raiseNextSeq, reject, updateWindow } from './context.js';
import { deliver } from './delivery.js';
import { isFinInWindow, processFin } from './established.js';
import { establish, processSynAck, turn } from './handshake.js';
import { close, isValidReset } from './reset.js';
import { ACK, FIN, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';
import { isValidInHandshake } from './timestamps.js';

export function inSynRecv(c: Context, x: Segment): boolean {
  if (x.has(RST)) return resetInSynRecv(c, x);
  if (x.has(FIN)) return finInSynRecv(c, x);
  if (x.has(SYN) && x.has(ACK)) return retransmittedSynAck(c, x);
  if (x.has(SYN)) return synInSynRecv(c, x);
  return x.has(ACK) ? ackInSynRecv(c, x) : ACCEPTED;
}

/** Systems that answer a wrong acknowledgment with a reset do not abort the session with it. */
function resetInSynRecv(c: Context, x: Segment): boolean {
  if (!isValidReset(c, x)) return REJECTED;
  if (c.cells[x.session + Session.FLAGS]! & Session.SESSION_EVASION) return ACCEPTED;
  close(c, x);
  return ACCEPTED;
}

function finInSynRecv(c: Context, x: Segment): boolean {
  if (x.has(SYN)) return reject(c, x, Event.STREAM_FIN_SYN);
  if (!x.has(ACK)) return ACCEPTED;
  if (!isExpectedAck(c, x) && !isAheadOfAck(c, x)) return unexpectedFin(c, x);
  establish(c, x);
  return processFin(c, x);
}

/** It ends nothing, but is accepted where the end of a session could be. */
function unexpectedFin(c: Context, x: Segment): boolean {
  if (!isValidAck(c, x)) return reject(c, x, Event.STREAM_FIN_INVALID_ACK);
  return isFinInWindow(c, x, false) || reject(c, x, Event.STREAM_FIN_OUT_OF_WINDOW);
}

function retransmittedSynAck(c: Context, x: Segment): boolean {
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
  // The one that began the session counts as well.
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
  if (!x.toServer) raiseNextSeq(c, x.other, x.ack);
  if (!isExpectedAck(c, x)) recallSynAck(c, x);
  if (isExpectedAck(c, x)) return complete(c, x);
  return unexpectedAck(c, x);
}

function complete(c: Context, x: Segment): boolean {
  // Data with the ACK already belongs to the established session.
  if (x.length > 0) c.row[x.p + Packet.FLOW_STATE]! |= Packet.FLOW_ESTABLISHED;
  c.queue.clear(x.session);
  updateWindow(c, x, x.other);
  establish(c, x);
  processAck(c, x);
  raiseNextSeq(c, x.own, x.end);
  deliver(c, x);
  return ACCEPTED;
}

/** The acknowledged SYN/ACK is one of the queued ones. */
function recallSynAck(c: Context, x: Segment): void {
  if (c.cells[x.session + Session.QUEUE_LENGTH] === 0) return;
  const { seq, ack, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length } =
    x.options();
  if (!c.queue.recall(x.session, ack, x)) return;
  turn(x);
  x.ack = seq;
  processSynAck(c, x);
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

/** It acknowledges the SYN/ACK, and has overtaken the segment that completes the handshake. */
function isAheadOfAck({ cells }: Context, x: Segment): boolean {
  return (
    x.ack === cells[x.other + Session.NEXT_SEQ] &&
    distance(x.seq, cells[x.own + Session.NEXT_SEQ]!) > 0 &&
    distance(x.seq, cells[x.own + Session.NEXT_WIN]!) <= 0
  );
}

/** The sequence or acknowledgment number is not the expected one. */
function unexpectedAck(c: Context, x: Segment): boolean {
  const { cells } = c;
  const next = cells[x.own + Session.NEXT_SEQ]!;
  const fits = x.ack === cells[x.other + Session.NEXT_SEQ];
  if (isAheadOfAck(c, x)) return complete(c, x);
  // A retransmission, or a keep-alive.
  if (fits && x.seq === ((next - 1) | 0)) return ACCEPTED;
  if (c.settings.async && x.toServer && x.seq === next) {
    cells[x.session + Session.FLAGS]! |= Session.SESSION_ASYNC;
    return complete(c, x);
  }
  if (x.seq !== next) return reject(c, x, Event.STREAM_3WHS_WRONG_SEQ_WRONG_ACK);
  cells[x.session + Session.FLAGS]! |= Session.SESSION_EVASION;
  return reject(c, x, Event.STREAM_3WHS_RIGHT_SEQ_WRONG_ACK_EVASION);
}

/** A segment of the server before the client's ACK: valid when it implies an ACK that was not seen. */
function ackOfServer(c: Context, x: Segment): boolean {
  const { cells } = c;
  const expected = x.seq === cells[x.own + Session.NEXT_SEQ];
  const more = distance(x.ack, cells[x.other + Session.LAST_ACK]!) > 0;
  const fastOpen = (cells[x.session + Session.FLAGS]! & Session.SESSION_FAST_OPEN) !== 0;
  // Segments sent before it may arrive after it; inline they are retransmitted.
  const fits = expected || (!c.settings.inline && isAfterSynAck(c, x));
  if (fits && (more || fastOpen) && isValidAck(c, x)) return complete(c, x);
  const answered = x.ack === cells[x.other + Session.LAST_ACK];
  // A repeated acknowledgment of the SYN.
  if (expected && answered && x.length === 0) return ACCEPTED;
  if (x.length === 0 || !answered) return reject(c, x, Event.STREAM_3WHS_ACK_IN_WRONG_DIR);
  return fits && !c.settings.inline ? dataOfServer(c, x) : reject(c, x, Event.STREAM_3WHS_ACK_DATA_INJECT);
}

function isAfterSynAck({ cells }: Context, x: Segment): boolean {
  return (
    distance(x.seq, cells[x.own + Session.NEXT_SEQ]!) >= 0 &&
    distance(x.end, cells[x.own + Session.NEXT_WIN]!) <= 0
  );
}

/**
 * The server speaks first and the client's ACK was not seen, or data was injected right after the SYN/ACK. Inline
 * it waits for a retransmission; in IDS mode it is accepted, and reassembly reports it when different data follows.
 */
function dataOfServer(c: Context, x: Segment): boolean {
  Packet.setEvent(c.row, x.p, Event.STREAM_3WHS_ACK_DATA_INJECT);
  return complete(c, x);
}

function ackOf4whs(c: Context, x: Segment): boolean {
  if (!isAfterSynAck(c, x)) return reject(c, x, Event.STREAM_4WHS_WRONG_SEQ);
  if (!isValidAck(c, x)) return reject(c, x, Event.STREAM_4WHS_INVALID_ACK);
  return complete(c, x);
}
