/**
 * SYN_SENT: the client has asked. The acknowledgment shows which of several SYNs counted; a server may answer with a
 * SYN
 * of its own; data may come with the SYN (RFC 7413).
 */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as State from '../../../engine/stream/tcp-state.js';
import {
  ACCEPTED,
  type Context,
  distance,
  REJECTED,
  raiseNextSeq,
  reject,
  setState,
  setWindow,
  updateWindow,
} from './context.js';
import { deliver, reopenDirection } from './delivery.js';
import { trackOneSide } from './established.js';
import { agreeOnOptions, beginDirection, establish, processSyn, processSynAck, turn } from './handshake.js';
import { close } from './reset.js';
import { ACK, FIN, MAX_WINDOW, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';
import { echoesSyn, isEchoOfSyn } from './timestamps.js';

export function inSynSent(c: Context, x: Segment): boolean {
  if (x.has(RST)) return resetInSynSent(c, x);
  if (x.has(FIN)) return echoesSyn(c, x);
  if (x.has(SYN) && x.has(ACK)) return x.toServer ? synAckOfClient(c, x) : synAckOfServer(c, x);
  if (x.has(SYN)) return x.toServer ? repeatedSyn(c, x) : synOfServer(c, x);
  return x.has(ACK) ? asyncPickup(c, x) : ACCEPTED;
}

/**
 * To answer a SYN, a reset must acknowledge it (RFC 9293 section 3.10.7.3). The client's own reset refers to its SYN
 * only
 * if its number does: it also resets what is left of earlier sessions (section 3.5.1, figure 10).
 */
function resetInSynSent(c: Context, x: Segment): boolean {
  if (!echoesSyn(c, x)) return REJECTED;
  if (x.toServer) {
    if (!isOfSyn(c, x)) return REJECTED;
  } else if (!x.has(ACK)) {
    return ACCEPTED;
  } else if (!acknowledgesAnySyn(c, x)) {
    Packet.setEvent(c.row, x.p, Event.STREAM_PKT_INVALID_ACK);
    return reject(c, x, Event.STREAM_RST_INVALID_ACK);
  }
  close(c, x);
  return ACCEPTED;
}

function isOfSyn(c: Context, x: Segment): boolean {
  const { cells } = c;
  return (
    distance(x.seq, cells[x.own + Session.ISN]!) >= 0 &&
    distance(x.seq, cells[x.own + Session.NEXT_SEQ]!) <= 0
  );
}

function acknowledgesAnySyn(c: Context, x: Segment): boolean {
  return acknowledgesSyn(c, x) || acknowledgesSynData(c, x) || c.queue.holds(x.session, x.ack);
}

function acknowledgesSyn(c: Context, x: Segment): boolean {
  return x.ack === ((c.cells[x.other + Session.ISN]! + 1) | 0);
}

/** A SYN equal to the first is a retransmission; others are kept until the SYN/ACK shows which one counts. */
function repeatedSyn(c: Context, x: Segment): boolean {
  const { settings, queue } = c;
  x.options();
  if (c.cells[x.session + Session.QUEUE_LENGTH] === 0 && isFirstSyn(c, x)) return ACCEPTED;
  if (queue.add(x, settings.maxSynQueued)) return ACCEPTED;
  // The server may still answer the latest one.
  queue.replaceOldest(x);
  return reject(c, x, Event.STREAM_3WHS_SYN_FLOOD);
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

/** The server answers with a SYN of its own: simultaneous open, or a four-way handshake. */
function synOfServer(c: Context, x: Segment): boolean {
  c.cells[x.session + Session.FLAGS]! |= Session.SESSION_4WHS;
  x.options();
  beginDirection(c, x);
  setWindow(c, x.other, x.window);
  c.cells[x.other + Session.NEXT_WIN] = (c.cells[x.other + Session.NEXT_SEQ]! + x.window) | 0;
  return ACCEPTED;
}

/** The client's SYN/ACK is the third packet of a four-way handshake. */
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
  const first = acknowledgesSyn(c, x) && isEchoOfSyn(c, x);
  // A retransmitted SYN has another timestamp.
  const known = first || recallSyn(c, x) || acknowledgesSyn(c, x) || acknowledgesSynData(c, x);
  if (!known) return reject(c, x, Event.STREAM_3WHS_SYNACK_WITH_WRONG_ACK);
  if (!echoesSyn(c, x)) return REJECTED;
  if (acknowledgesSyn(c, x) && cells[x.other + Session.NEXT_SEQ] !== x.ack) ignoreSynData(c, x);
  c.queue.clear(x.session);
  processSynAck(c, x);
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

/** The acknowledged SYN is one of those that came later: the session begins with it. */
function recallSyn(c: Context, x: Segment): boolean {
  const { seq, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length } = x;
  if (!c.queue.recall(x.session, x.ack, x, x.hasTimestamp ? x.echo : 0)) return false;
  turn(x);
  processSyn(c, x);
  turn(x);
  Object.assign(x, { seq, window, scale, hasTimestamp, timestamp, seconds, sackPermitted, fastOpen, length });
  return true;
}

/**
 * The SYN/ACK acknowledges the SYN alone: its data was not accepted and will be retransmitted. Inline it was parsed
 * and
 * inspected before it was forwarded: retransmitted data cannot differ from it.
 */
function ignoreSynData(c: Context, x: Segment): void {
  Packet.setEvent(c.row, x.p, Event.STREAM_3WHS_SYNACK_TFO_DATA_IGNORED);
  c.cells[x.session + Session.FLAGS]! |= Session.SESSION_SYN_DATA_IGNORED;
  c.cells[x.other + Session.NEXT_SEQ] = x.ack;
  if (!c.settings.inline) reopenDirection(c, x, x.other, x.ack);
}

/** An ACK of the client after its SYN: the server's packets take another path. */
function asyncPickup(c: Context, x: Segment): boolean {
  const { cells } = c;
  if (!x.toServer || !c.settings.async) return ACCEPTED;
  const ahead = distance(x.seq, cells[x.own + Session.NEXT_SEQ]!);
  if (ahead !== 0) Packet.setEvent(c.row, x.p, Event.STREAM_3WHS_ASYNC_WRONG_SEQ);
  // Segments that overtook the first ones wait for them.
  if (ahead < 0 || ahead > MAX_WINDOW) return REJECTED;
  cells[x.session + Session.FLAGS]! |= Session.SESSION_ASYNC;
  assumeOtherSide(c, x);
  establish(c, x);
  deliver(c, x);
  raiseNextSeq(c, x.own, x.end);
  trackOneSide(c, x);
  return ACCEPTED;
}

/** The other side was not seen: its data is what is acknowledged, and it is assumed to support window scaling. */
function assumeOtherSide(c: Context, x: Segment): void {
  const { cells } = c;
  cells[x.other + Session.ISN] = (x.ack - 1) | 0;
  cells[x.other + Session.NEXT_SEQ] = x.ack;
  cells[x.other + Session.LAST_ACK] = x.ack;
  setWindow(c, x.other, x.window << cells[x.other + Session.SCALE]!);
  cells[x.other + Session.NEXT_WIN] = (x.ack + cells[x.other + Session.WINDOW]!) | 0;
  cells[x.own + Session.LAST_ACK] = cells[x.own + Session.NEXT_SEQ]!;
  cells[x.own + Session.NEXT_WIN] = (x.seq + cells[x.own + Session.WINDOW]!) | 0;
}
