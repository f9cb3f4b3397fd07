/**
 * From the first FIN to CLOSED. The states are named from the server's point of view: when it closes first the session
 * enters FIN_WAIT1, when the client does it enters CLOSE_WAIT.
 */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as State from '../../../engine/stream/tcp-state.js';
import { finishWhenAcked, isOldAck, isValidAck, refuseAck } from './acknowledgment.js';
import { ACCEPTED, acceptOld, type Context, distance, REJECTED, reject, setState } from './context.js';
import { acceptData, isBeforeLastAck, isInWindow, recordFin, refuseOutOfWindow } from './established.js';
import { LINUX_6 } from './os-policy.js';
import { processReset } from './reset.js';
import { ACK, FIN, RST, type Segment, SYN } from './segment.js';
import * as Session from './session.js';
import { isValidTimestamp } from './timestamps.js';

/** Events for segments that are not valid, and the states that valid ones lead to. */
interface ClosingState {
  readonly invalidAck: number;
  /** Event of a FIN, and of a segment without FIN, whose sequence number is not valid. */
  readonly wrongFin: number;
  readonly wrongSeq: number;
  /** State after a FIN, and after an acknowledgment of the other side's FIN. */
  readonly afterFin: number;
  readonly afterAck: number;
}

const FIN_WAIT1: ClosingState = {
  invalidAck: Event.STREAM_FIN1_INVALID_ACK,
  wrongFin: Event.STREAM_FIN1_FIN_WRONG_SEQ,
  wrongSeq: Event.STREAM_FIN1_ACK_WRONG_SEQ,
  afterFin: State.CLOSING,
  afterAck: State.FIN_WAIT2,
};
const FIN_WAIT2: ClosingState = {
  invalidAck: Event.STREAM_FIN2_INVALID_ACK,
  wrongFin: Event.STREAM_FIN2_FIN_WRONG_SEQ,
  wrongSeq: Event.STREAM_FIN2_ACK_WRONG_SEQ,
  afterFin: State.TIME_WAIT,
  afterAck: State.FIN_WAIT2,
};
const CLOSING: ClosingState = {
  invalidAck: Event.STREAM_CLOSING_INVALID_ACK,
  wrongFin: Event.STREAM_CLOSING_ACK_WRONG_SEQ,
  wrongSeq: Event.STREAM_CLOSING_ACK_WRONG_SEQ,
  afterFin: State.CLOSING,
  afterAck: State.TIME_WAIT,
};
const CLOSE_WAIT: ClosingState = {
  invalidAck: Event.STREAM_CLOSEWAIT_INVALID_ACK,
  wrongFin: Event.STREAM_CLOSEWAIT_FIN_OUT_OF_WINDOW,
  wrongSeq: Event.STREAM_CLOSEWAIT_ACK_OUT_OF_WINDOW,
  afterFin: State.LAST_ACK,
  afterAck: State.CLOSE_WAIT,
};
const LAST_ACK: ClosingState = {
  invalidAck: Event.STREAM_LASTACK_INVALID_ACK,
  wrongFin: Event.STREAM_LASTACK_ACK_WRONG_SEQ,
  wrongSeq: Event.STREAM_LASTACK_ACK_WRONG_SEQ,
  afterFin: State.LAST_ACK,
  afterAck: State.CLOSED,
};
const TIME_WAIT: ClosingState = {
  invalidAck: Event.STREAM_TIMEWAIT_INVALID_ACK,
  wrongFin: Event.STREAM_TIMEWAIT_ACK_WRONG_SEQ,
  wrongSeq: Event.STREAM_TIMEWAIT_ACK_WRONG_SEQ,
  afterFin: State.TIME_WAIT,
  afterAck: State.CLOSED,
};

const STATES: readonly (ClosingState | undefined)[] = (() => {
  const states: (ClosingState | undefined)[] = [];
  states[State.FIN_WAIT1] = FIN_WAIT1;
  states[State.FIN_WAIT2] = FIN_WAIT2;
  states[State.CLOSING] = CLOSING;
  states[State.CLOSE_WAIT] = CLOSE_WAIT;
  states[State.LAST_ACK] = LAST_ACK;
  states[State.TIME_WAIT] = TIME_WAIT;
  return states;
})();

/** Handles a segment in a state between the first FIN and CLOSED. */
export function inClosing(c: Context, x: Segment, state: number): boolean {
  const rules = STATES[state]!;
  if (x.has(RST)) return processReset(c, x);
  if (x.has(SYN)) return reject(c, x, Event.STREAM_SHUTDOWN_SYN_RESEND);
  if (!isValidTimestamp(c, x)) return !x.has(FIN) && isOldAck(c, x) ? ACCEPTED : REJECTED;
  if (x.has(FIN)) return finWhileClosing(c, x, rules);
  return x.has(ACK) ? ackWhileClosing(c, x, state, rules) : ACCEPTED;
}

function finWhileClosing(c: Context, x: Segment, rules: ClosingState): boolean {
  const { cells } = c;
  if (!isValidAck(c, x)) return reject(c, x, rules.invalidAck);
  const had = cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN;
  // The retransmission of a FIN that the sensor missed contains data that was seen.
  const isOld = isRetransmission(c, x) && (had !== 0 || isFinTooOld(c, x));
  if (isOld || isRetransmittedFin(c, x)) {
    if (cells[x.own + Session.POLICY] === LINUX_6) recordFin(c, x);
    acceptData(c, x);
    return ACCEPTED;
  }
  if (isFinTooOld(c, x) || !isInWindow(c, x)) return reject(c, x, rules.wrongFin);
  recordFin(c, x);
  if (had === 0) setState(c, x, rules.afterFin);
  acceptData(c, x);
  afterAcknowledgment(c, x);
  return ACCEPTED;
}

/** All of it is before the next expected number; its sender counted a missed FIN in the segments that followed. */
function isFinTooOld(c: Context, x: Segment): boolean {
  return distance((x.end + 1) | 0, c.cells[x.own + Session.NEXT_SEQ]!) < 0;
}

function isRetransmittedFin(c: Context, x: Segment): boolean {
  const { cells } = c;
  const has = cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN;
  return has !== 0 && x.end === cells[x.own + Session.FIN_SEQ];
}

function ackWhileClosing(c: Context, x: Segment, state: number, rules: ClosingState): boolean {
  if (!isValidAck(c, x)) return refuseAck(c, x, rules.invalidAck);
  if (isBeforeLastAck(c, x) && !isAckAfterFin(c, x)) {
    const event = state === State.CLOSE_WAIT ? Event.STREAM_CLOSEWAIT_PKT_BEFORE_LAST_ACK : rules.wrongSeq;
    return acceptOld(c, x, event);
  }
  const expected = isRetransmission(c, x) || isAckAfterFin(c, x) || isAcceptedPosition(c, x, state);
  if (!expected || (state >= State.TIME_WAIT && state !== State.CLOSE_WAIT && !isNext(c, x))) {
    return refuseOutOfWindow(c, x, rules.wrongSeq);
  }
  acceptData(c, x);
  afterAcknowledgment(c, x);
  return ACCEPTED;
}

/** In CLOSE_WAIT the first byte decides. */
function isAcceptedPosition(c: Context, x: Segment, state: number): boolean {
  if (isInWindow(c, x)) return true;
  return state === State.CLOSE_WAIT && distance(x.seq, c.cells[x.own + Session.NEXT_WIN]!) <= 0;
}

/** At the end only the next number is valid, with or without the FIN counted. */
function isNext(c: Context, x: Segment): boolean {
  const next = c.cells[x.own + Session.NEXT_SEQ]!;
  return x.seq === next || x.seq === ((next + 1) | 0) || distance(x.end, next) <= 0;
}

/** A pure acknowledgment of a side that has sent its FIN. */
function isAckAfterFin(c: Context, x: Segment): boolean {
  const { cells } = c;
  const fin = cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN;
  return fin !== 0 && x.length === 0 && x.seq === ((cells[x.own + Session.FIN_SEQ]! + 1) | 0);
}

/** When both FINs are acknowledged the session is over; the state depends on who closed first. */
function afterAcknowledgment(c: Context, x: Segment): void {
  const { cells } = c;
  finishWhenAcked(c, x, x.own, x.toServer);
  const state = cells[x.session + Session.STATE]!;
  const rules = STATES[state];
  if (!rules) return;
  if (!isFinAcked(c, x.other)) return;
  const isLast = state === State.LAST_ACK || state === State.TIME_WAIT;
  // In LAST_ACK the server waits for its acknowledgment.
  const isWaiting = hasGap(c, x.own) || (state === State.LAST_ACK && !x.toServer);
  if (isLast && isWaiting && !isFinAcked(c, x.own)) return;
  // A FIN received after a gap (Linux) did not change the state on arrival.
  if (!isLast && state !== State.CLOSING && isFinAcked(c, x.own)) setState(c, x, State.CLOSED);
  else if (state === State.CLOSING || !x.has(FIN)) setState(c, x, rules.afterAck);
}

/** The receiver of a direction has acknowledged its FIN. */
function isFinAcked({ cells }: Context, direction: number): boolean {
  const fin = cells[direction + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN;
  if (fin === 0) return false;
  return distance(cells[direction + Session.LAST_ACK]!, cells[direction + Session.FIN_SEQ]!) > 0;
}

/** Data before the FIN of a direction was never seen, and will be retransmitted. */
function hasGap({ cells }: Context, direction: number): boolean {
  return distance(cells[direction + Session.RECEIVED]!, cells[direction + Session.FIN_SEQ]!) < 0;
}

/** Data that was sent before: sets an event. */
function isRetransmission(c: Context, x: Segment): boolean {
  if (x.length === 0 || distance(x.end, c.cells[x.own + Session.NEXT_SEQ]!) > 0) return false;
  Packet.setEvent(c.row, x.p, Event.STREAM_PKT_RETRANSMISSION);
  return true;
}
