/** Shared by the parts of TCP tracking: the thread's sessions, the current batch, and steps common to all states. */
import type { Batch } from '../../../engine/batch.js';
import type { ExceptionPolicy } from '../../../engine/exception-policy/applying.js';
import * as FlowRecord from '../../../engine/flow/flow-record.js';
import type { FlowTable } from '../../../engine/flow/flow-table.js';
import type { Thread } from '../../../engine/module.js';
import * as Packet from '../../../engine/packet.js';
import type { Reassembler } from '../reassembly/reassembler.js';
import type { FirstSpeaker } from './first-speaker.js';
import type { Segment } from './segment.js';
import * as Session from './session.js';
import type { TrackingSettings } from './settings.js';
import type { SynQueue } from './syn-queue.js';
import type { TcpCounters } from './tcp-counters.js';
import type { UrgentBytes } from './urgent.js';

export interface Context {
  readonly thread: Thread;
  readonly settings: TrackingSettings;
  readonly counters: TcpCounters;
  readonly cells: Int32Array;
  readonly row: Int32Array;
  readonly flows: Int32Array;
  readonly table: FlowTable;
  readonly queue: SynQueue;
  readonly urgent: UrgentBytes;
  readonly firstSpeaker: FirstSpeaker;
  readonly reassembler: Reassembler;
  readonly midstreamPolicy: ExceptionPolicy;
  readonly reassemblyPolicy: ExceptionPolicy;
  readonly outOfOrderPolicy: ExceptionPolicy;
  batch: Batch;
}

/** Result for a segment that is valid in its session, and for one that is not. */
export const ACCEPTED = true;
export const REJECTED = false;

/** Sets a stream event on the packet. @returns REJECTED, because the event is usually the reason for rejection */
export function reject(c: Context, x: Segment, event: number): boolean {
  Packet.setEvent(c.row, x.p, event);
  return REJECTED;
}

/**
 * Sets a stream event on a segment that its receiver has acknowledged completely. Inline it is not dropped: the
 * acknowledgment may have been lost beyond the sensor, and only the receiver's answer (RFC 9293 3.10.7.4) stops its
 * sender from retransmitting it.
 * @returns ACCEPTED
 */
export function acceptOld(c: Context, x: Segment, event: number): boolean {
  Packet.setEvent(c.row, x.p, event);
  return ACCEPTED;
}

/** a - b of sequence numbers: negative when a lies before b. */
export function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** Flow states by TCP state: a session closing from both sides is closed. */
const FLOW_STATES = [
  FlowRecord.STATE_NEW,
  FlowRecord.STATE_NEW,
  FlowRecord.STATE_NEW,
  FlowRecord.STATE_ESTABLISHED,
  FlowRecord.STATE_ESTABLISHED,
  FlowRecord.STATE_ESTABLISHED,
  FlowRecord.STATE_CLOSED,
  FlowRecord.STATE_CLOSED,
  FlowRecord.STATE_ESTABLISHED,
  FlowRecord.STATE_ESTABLISHED,
  FlowRecord.STATE_CLOSED,
];

export function setState(c: Context, x: Segment, state: number): void {
  c.cells[x.session + Session.STATE] = state;
  const f = x.flow * FlowRecord.INTS;
  c.flows[f + FlowRecord.TCP_STATE] = state;
  if (c.flows[f + FlowRecord.STATE]! < FlowRecord.STATE_LOCAL_BYPASSED) {
    c.flows[f + FlowRecord.STATE] = FLOW_STATES[state]!;
  }
}

/** The sender has sent up to `end`. */
export function raiseNextSeq(c: Context, direction: number, end: number): void {
  const { cells } = c;
  if (distance(end, cells[direction + Session.NEXT_SEQ]!) > 0) cells[direction + Session.NEXT_SEQ] = end;
}

/** The receiver of `direction` acknowledges `ack`. */
export function raiseLastAck(c: Context, direction: number, ack: number): void {
  const { cells } = c;
  if (distance(ack, cells[direction + Session.LAST_ACK]!) <= 0) return;
  cells[direction + Session.LAST_ACK] = ack;
  if (distance(ack, cells[direction + Session.RECEIVED]!) > 0) cells[direction + Session.RECEIVED] = ack;
}

/** @param window advertised by the receiver of `direction`, scaled */
export function setWindow({ cells }: Context, direction: number, window: number): void {
  cells[direction + Session.WINDOW] = window;
  if (window > cells[direction + Session.MAX_WINDOW]!) cells[direction + Session.MAX_WINDOW] = window;
}

/** The receiver of `direction` advertises the window of this segment. */
export function updateWindow(c: Context, x: Segment, direction: number): void {
  const { cells } = c;
  const window = x.window << cells[direction + Session.SCALE]!;
  setWindow(c, direction, window);
  const edge = (cells[direction + Session.LAST_ACK]! + window) | 0;
  if (distance(edge, cells[direction + Session.NEXT_WIN]!) > 0) cells[direction + Session.NEXT_WIN] = edge;
}

/** One byte beyond a closed window, repeated until the receiver reports that it has opened (RFC 9293 3.8.6.1). */
export function isWindowProbe({ cells }: Context, x: Segment): boolean {
  if (x.length !== 1 || cells[x.own + Session.WINDOW] !== 0) return false;
  // With one side unseen no window is known.
  if ((cells[x.session + Session.FLAGS]! & Session.SESSION_ASYNC) !== 0) return false;
  const next = cells[x.own + Session.NEXT_SEQ]!;
  return x.seq === next || x.end === next;
}

/** Notes what the receiver has received without gaps (one run of data after a gap is remembered). */
export function recordReceived(c: Context, direction: number, seq: number, end: number): void {
  const { cells } = c;
  const received = cells[direction + Session.RECEIVED]!;
  if (distance(end, received) <= 0) return;
  const flags = direction + Session.DIRECTION_FLAGS;
  if (distance(seq, received) > 0) {
    recordAfterGap(c, direction, seq, end);
    return;
  }
  cells[direction + Session.RECEIVED] = end;
  if ((cells[flags]! & Session.DIRECTION_GAP) === 0) return;
  if (distance(cells[direction + Session.AFTER_GAP]!, end) > 0) return;
  cells[flags]! &= ~Session.DIRECTION_GAP;
  const far = cells[direction + Session.AFTER_GAP_END]!;
  if (distance(far, end) > 0) cells[direction + Session.RECEIVED] = far;
}

function recordAfterGap(c: Context, direction: number, seq: number, end: number): void {
  const { cells } = c;
  const flags = direction + Session.DIRECTION_FLAGS;
  if ((cells[flags]! & Session.DIRECTION_GAP) === 0) {
    cells[flags]! |= Session.DIRECTION_GAP;
    cells[direction + Session.AFTER_GAP] = seq;
    cells[direction + Session.AFTER_GAP_END] = end;
    return;
  }
  const start = cells[direction + Session.AFTER_GAP]!;
  const far = cells[direction + Session.AFTER_GAP_END]!;
  if (distance(seq, start) < 0) {
    cells[direction + Session.AFTER_GAP] = seq;
    // A later run that is not adjacent to this one is forgotten: its bytes count again when they are acknowledged.
    if (distance(end, start) < 0) cells[direction + Session.AFTER_GAP_END] = end;
  }
  if (distance(seq, far) <= 0 && distance(end, far) > 0) cells[direction + Session.AFTER_GAP_END] = end;
}
