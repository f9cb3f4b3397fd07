/** ESTABLISHED: data and acknowledgments within their windows, and the segments that leave the state. */
import * as Event from '../../../engine/packet/packet-events.js';
import * as State from '../../../engine/stream/tcp-state.js';
import { isOldAck, isValidAck, processAck, refuseAck } from './acknowledgment.js';
import {
  ACCEPTED,
  acceptOld,
  type Context,
  distance,
  isWindowProbe,
  REJECTED,
  raiseLastAck,
  raiseNextSeq,
  reject,
  setState,
  updateWindow,
} from './context.js';
import { deliver, streamSequence } from './delivery.js';
import { LINUX_6 } from './os-policy.js';
import { processReset } from './reset.js';
import { ACK, FIN, MAX_WINDOW, RST, type Segment, SYN, URG } from './segment.js';
import * as Session from './session.js';
import { isValidTimestamp } from './timestamps.js';

export function inEstablished(c: Context, x: Segment): boolean {
  if (x.has(RST)) return processReset(c, x);
  if (x.has(FIN)) return x.has(SYN) ? reject(c, x, Event.STREAM_FIN_SYN) : processFin(c, x);
  if (x.has(SYN)) return x.has(ACK) ? synAckInEstablished(c, x) : synInEstablished(c, x);
  if (!x.has(ACK)) return ACCEPTED;
  if (!isValidTimestamp(c, x)) return isOldAck(c, x) ? ACCEPTED : REJECTED;
  return takeData(c, x);
}

function synAckInEstablished(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (x.toServer) return reject(c, x, Event.STREAM_EST_SYNACK_TOSERVER);
  if (x.ack !== cells[x.other + Session.LAST_ACK]) {
    return reject(c, x, Event.STREAM_EST_SYNACK_RESEND_WITH_DIFFERENT_ACK);
  }
  if (x.seq !== cells[x.own + Session.ISN]) return reject(c, x, Event.STREAM_EST_SYNACK_RESEND_WITH_DIFF_SEQ);
  const confirmed = cells[x.session + Session.FLAGS]! & Session.SESSION_CONFIRMED;
  return confirmed ? acceptOld(c, x, Event.STREAM_EST_SYNACK_RESEND) : ACCEPTED;
}

/** A SYN in a session never ends it (RFC 5961 section 4). */
function synInEstablished(c: Context, x: Segment): boolean {
  if (!x.toServer) return reject(c, x, Event.STREAM_EST_SYN_TOCLIENT);
  // Once data has followed, even the first SYN is unexpected for the receiver.
  const resent = x.seq === ((c.cells[x.own + Session.LAST_ACK]! - 1) | 0);
  return reject(c, x, resent ? Event.STREAM_EST_SYN_RESEND : Event.STREAM_EST_SYN_RESEND_DIFF_SEQ);
}

/** Handles data or a pure acknowledgment. */
function takeData(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (!isValidAck(c, x)) return refuseAck(c, x, Event.STREAM_EST_INVALID_ACK);
  if (isBeforeLastAck(c, x))
    return isBeforeIsn(c, x) || acceptOld(c, x, Event.STREAM_EST_PKT_BEFORE_LAST_ACK);
  if (!isInWindow(c, x)) return refuseOutOfWindow(c, x, Event.STREAM_EST_PACKET_OUT_OF_WINDOW);
  if (x.toServer) cells[x.session + Session.FLAGS]! |= Session.SESSION_CONFIRMED;
  acceptData(c, x);
  return ACCEPTED;
}

/** Applies data and acknowledgment of a valid segment. */
export function acceptData(c: Context, x: Segment): void {
  const { cells } = c;
  const linux = cells[x.own + Session.POLICY] === LINUX_6;
  if (linux && x.options().signature) return;
  raiseNextSeq(c, x.own, x.end);
  if (linux && x.hasSack) cells[x.other + Session.SACKED] = x.sackEdge;
  processAck(c, x);
  updateWindow(c, x, x.other);
  if (x.length > 0 || x.has(URG)) deliver(c, x);
  if (cells[x.session + Session.FLAGS]! & Session.SESSION_ASYNC) trackOneSide(c, x);
}

/**
 * The acknowledgments of the unseen side are missing: data without gaps counts as received as it is sent. A gap is
 * filled by late or retransmitted segments, until more data follows it than fits a window.
 */
export function trackOneSide(c: Context, x: Segment): void {
  const received = c.cells[x.own + Session.RECEIVED]!;
  const ack = distance(x.end, received) > MAX_WINDOW ? x.end : received;
  raiseLastAck(c, x.own, ack);
  c.reassembler.acknowledged(c.batch, x.slot, x.flow, x.toServer, streamSequence(c, x.own, ack));
  raiseNextSeq(c, x.other, x.ack);
}

/** Ends before the last acknowledged number: it contains no new data. */
export function isBeforeLastAck(c: Context, x: Segment): boolean {
  const { cells } = c;
  const last = cells[x.own + Session.LAST_ACK]!;
  if (distance(x.end, last) >= 0) return false;
  // Acknowledged but never seen: it is welcome when it contains the missing data.
  const next = cells[x.own + Session.NEXT_SEQ]!;
  if (distance(last, next) > 0 && distance(x.end, next) > 0) return false;
  return (cells[x.session + Session.FLAGS]! & Session.SESSION_ASYNC) === 0;
}

/** It was sent before the session began and is not part of it. */
function isBeforeIsn(c: Context, x: Segment): boolean {
  return distance(x.seq, c.cells[x.own + Session.ISN]!) < 0;
}

/** A segment that exceeds the right edge is completely out of the window; a probe of a closed window is not. */
export function isInWindow(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (cells[x.session + Session.FLAGS]! & (Session.SESSION_MIDSTREAM | Session.SESSION_ASYNC)) return true;
  if (distance(x.end, cells[x.own + Session.NEXT_WIN]!) <= 0) return true;
  return isWindowProbe(c, x) && cells[x.own + Session.POLICY] !== LINUX_6;
}

/**
 * Linux processes the acknowledgment of a window probe but not its byte, unless its window has opened unseen: then it
 * acknowledges the byte. The probe must be accepted so that the receiver answers with its window.
 */
export function refuseOutOfWindow(c: Context, x: Segment, event: number): boolean {
  if (!isWindowProbe(c, x)) return reject(c, x, event);
  raiseNextSeq(c, x.own, x.end);
  processAck(c, x);
  updateWindow(c, x, x.other);
  return acceptOld(c, x, event);
}

/** A FIN while the session is established: its sender sends no more data. */
export function processFin(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (!isValidTimestamp(c, x)) return REJECTED;
  if (!isValidAck(c, x)) return reject(c, x, Event.STREAM_FIN_INVALID_ACK);
  const linux = cells[x.own + Session.POLICY] === LINUX_6;
  if (linux && !x.has(ACK)) return ACCEPTED;
  if (!isFinInWindow(c, x, linux)) return refuseFin(c, x);
  if (linux && distance(x.seq, cells[x.own + Session.RECEIVED]!) > 0) return finAfterGap(c, x);
  recordFin(c, x);
  setState(c, x, x.toServer ? State.CLOSE_WAIT : State.FIN_WAIT1);
  acceptData(c, x);
  return ACCEPTED;
}

/** When the first segment seen followed the FIN, that FIN must be accepted for the session to end. */
function refuseFin(c: Context, x: Segment): boolean {
  const isMidstream = (c.cells[x.session + Session.FLAGS]! & Session.SESSION_MIDSTREAM) !== 0;
  const isEarlier = distance(x.end, c.cells[x.own + Session.ISN]!) <= 0;
  const event = Event.STREAM_FIN_OUT_OF_WINDOW;
  return isMidstream && isEarlier ? acceptOld(c, x, event) : reject(c, x, event);
}

export function isFinInWindow(c: Context, x: Segment, linux: boolean): boolean {
  const { cells } = c;
  if (isFinBefore(c, x, linux)) return false;
  const edge = (cells[x.own + Session.LAST_ACK]! + cells[x.own + Session.WINDOW]!) | 0;
  const unknown = cells[x.session + Session.FLAGS]! & (Session.SESSION_MIDSTREAM | Session.SESSION_ASYNC);
  return (
    unknown !== 0 || distance(x.seq, edge) <= 0 || distance(x.seq, cells[x.own + Session.NEXT_WIN]!) <= 0
  );
}

/**
 * A FIN whose data was partly acknowledged is too old for Suricata; the receiver accepts it (RFC 9293 3.10.7.4), and
 * inline it must pass: a sender combines a lost FIN with the data before it.
 */
function isFinBefore(c: Context, x: Segment, linux: boolean): boolean {
  const { cells } = c;
  if (linux) return distance(x.end, cells[x.own + Session.RECEIVED]!) < 0;
  return distance(x.end, cells[x.own + Session.LAST_ACK]!) < 0;
}

/** Linux queues the segment with its FIN; if a longer one is already queued there, segment and FIN are discarded. */
function finAfterGap(c: Context, x: Segment): boolean {
  if (!isCovered(c, x)) recordFin(c, x);
  acceptData(c, x);
  return ACCEPTED;
}

/** All of it is already queued after the gap. */
function isCovered(c: Context, x: Segment): boolean {
  const { cells } = c;
  return (
    (cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_GAP) !== 0 &&
    distance(x.seq, cells[x.own + Session.AFTER_GAP]!) >= 0 &&
    distance(x.end, cells[x.own + Session.AFTER_GAP_END]!) < 0
  );
}

/** Remembers where the data ends: of two FINs the lower one counts. */
export function recordFin(c: Context, x: Segment): void {
  const { cells } = c;
  const has = (cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN) !== 0;
  const linux = cells[x.own + Session.POLICY] === LINUX_6;
  if (has && linux && distance(x.end, cells[x.own + Session.FIN_SEQ]!) >= 0) return;
  cells[x.own + Session.DIRECTION_FLAGS]! |= Session.DIRECTION_FIN;
  cells[x.own + Session.FIN_SEQ] = x.end;
  cells[x.own + Session.FIN_START] = x.seq;
}
