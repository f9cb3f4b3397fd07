/** Passes the data of valid segments to the reassembler, after handling urgent bytes (RFC 6093). */
import { bypassFlow } from '../../../engine/flow/flow-bypass.js';
import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import { REASON_STREAM_URGENT } from '../../../engine/verdict.js';
import { OVER_LIMIT, OVER_MEMCAP } from '../reassembly/reassembler.js';
import { type Context, distance, isWindowProbe, recordReceived } from './context.js';
import { LINUX_6, overlapClass } from './os-policy.js';
import { type Segment, URG } from './segment.js';
import * as Session from './session.js';
import type { UrgentPolicy } from './settings.js';

/** Opens a direction in the reassembler, once. */
export function openDirection(c: Context, x: Segment, direction: number, first: number): void {
  const { cells } = c;
  const flags = direction + Session.DIRECTION_FLAGS;
  if (cells[flags]! & Session.DIRECTION_OPEN) return;
  cells[flags]! |= Session.DIRECTION_OPEN;
  cells[direction + Session.RECEIVED] = first;
  c.reassembler.open(
    x.flow,
    direction === x.session + Session.CLIENT,
    first,
    overlapClass(cells[direction + Session.POLICY]!),
    c.settings.inline,
  );
}

/** The direction begins at another number than the one it was opened with: discards the data it holds. */
export function reopenDirection(c: Context, x: Segment, direction: number, first: number): void {
  c.cells[direction + Session.DIRECTION_FLAGS]! &= ~(Session.DIRECTION_OPEN | Session.DIRECTION_FINISHED);
  openDirection(c, x, direction, first);
}

/**
 * No more data follows in a direction: what is left is delivered. A Linux receiver has read only data that was
 * contiguous and before the FIN.
 */
export function finishDirection(
  c: Context,
  session: number,
  slot: number,
  flow: number,
  toServer: boolean,
  flags: number,
): void {
  const { cells } = c;
  const direction = session + (toServer ? Session.CLIENT : Session.SERVER);
  if (cells[direction + Session.POLICY] !== LINUX_6) {
    c.reassembler.finish(c.batch, slot, flow, toServer, flags);
    return;
  }
  const fin = (cells[direction + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN) !== 0;
  const limit = cells[fin ? direction + Session.FIN_SEQ : direction + Session.NEXT_SEQ]!;
  c.reassembler.finish(c.batch, slot, flow, toServer, flags, streamSequence(c, direction, limit));
}

/** Sequence number as the reassembler counts it: minus the bytes that were removed before it. */
export function streamSequence(c: Context, direction: number, seq: number): number {
  return c.urgent.has(direction) ? (seq - c.urgent.before(direction, seq)) | 0 : seq;
}

/** Delivers the payload of a valid segment. */
export function deliver(c: Context, x: Segment): void {
  let { length } = x;
  if (c.cells[x.own + Session.POLICY] === LINUX_6) {
    if (x.has(URG)) announceUrgent(c, x);
    length = lengthUntilFin(c, x);
  } else if (x.has(URG) && isUrgent(c, x)) {
    length = applyUrgentPolicy(c, x);
  }
  if (length > 0) deliverWithoutUrgent(c, x, length);
}

/** Skips bytes that were removed; the data after them moves up. */
function deliverWithoutUrgent(c: Context, x: Segment, length: number): void {
  const hadHole = (c.cells[x.own + Session.DIRECTION_FLAGS]! & Session.DIRECTION_GAP) !== 0;
  if (!isWindowProbe(c, x)) recordReceived(c, x.own, x.seq, (x.seq + length) | 0);
  if (!c.urgent.has(x.own)) {
    passToReassembler(c, x, x.seq, x.payload, length);
    if (hadHole) recordJoined(c, x);
    return;
  }
  for (let from = 0; from < length; ) {
    const seq = (x.seq + from) | 0;
    const out = c.urgent.next(x.own, seq);
    const part = out === undefined ? length - from : Math.min(length - from, distance(out, seq));
    if (part > 0) passToReassembler(c, x, streamSequence(c, x.own, seq), x.payload + from, part);
    from += part + 1;
  }
}

/** Of several runs after gaps the record remembers one; the reassembler knows them all. */
function recordJoined(c: Context, x: Segment): void {
  recordReceived(
    c,
    x.own,
    c.cells[x.own + Session.RECEIVED]!,
    c.reassembler.contiguousEnd(x.flow, x.toServer),
  );
}

function passToReassembler(c: Context, x: Segment, seq: number, offset: number, length: number): void {
  const outcome = isSimulatedLoss(c, x)
    ? OVER_MEMCAP
    : c.reassembler.segment(c.batch, x.slot, x.flow, x.toServer, seq, offset, length);
  if (outcome === OVER_MEMCAP) c.reassemblyPolicy.apply(x.slot, x.flow);
  else if (outcome === OVER_LIMIT) c.outOfOrderPolicy.apply(x.slot, x.flow);
  if (c.settings.bypass) bypassBeyondDepth(c, x, seq, length);
}

/** Fault injection: simulates a failed allocation for this packet's data. */
function isSimulatedLoss(c: Context, x: Segment): boolean {
  const { simulatedReassemblyMemcap } = c.settings;
  return simulatedReassemblyMemcap !== 0 && c.row[x.p + Packet.NUMBER] === simulatedReassemblyMemcap;
}

/** Bypasses the flow when the first of its two directions reaches the depth. */
function bypassBeyondDepth(c: Context, x: Segment, seq: number, length: number): void {
  if (c.reassembler.goesBeyondDepth(x.flow, x.toServer, (seq + length) | 0)) bypassFlow(c.thread, x.flow);
}

/** The pointer is valid only when it points into the segment. */
function isUrgent(c: Context, x: Segment): boolean {
  const pointer = urgentPointer(c, x);
  return pointer > 0 && pointer <= x.length;
}

function urgentPointer(c: Context, x: Segment): number {
  return c.thread.memory.view.getUint16(c.row[x.p + Packet.L4]! + 18);
}

function urgentPolicy(c: Context, x: Segment): UrgentPolicy {
  const { settings } = c;
  if (settings.urgentPolicy !== 'oob' || !c.urgent.isFull(x.own)) return settings.urgentPolicy;
  Packet.setEvent(c.row, x.p, Event.STREAM_REASSEMBLY_URGENT_OOB_LIMIT_REACHED);
  return settings.urgentLimitPolicy;
}

/** The last byte of the segment is out of band. @returns how many of its bytes stay in the stream */
function applyUrgentPolicy(c: Context, x: Segment): number {
  switch (urgentPolicy(c, x)) {
    case 'gap':
      return x.length - 1;
    case 'oob':
      c.urgent.add(x.own, (x.end - 1) | 0);
      c.counters.add(c.counters.urgentBytes);
      return x.length;
    case 'drop':
      c.row[x.p + Packet.VERDICT] = Packet.VERDICT_DROP;
      c.row[x.p + Packet.REASON] = REASON_STREAM_URGENT;
      return 0;
    default:
      return x.length;
  }
}

/** Linux removes the byte that the pointer names (0 counts as 1), also when it has not arrived yet. */
function announceUrgent(c: Context, x: Segment): void {
  const seq = (x.seq + Math.max(1, urgentPointer(c, x)) - 1) | 0;
  if (distance(seq, c.cells[x.own + Session.RECEIVED]!) < 0 || c.urgent.isFull(x.own)) return;
  c.urgent.add(x.own, seq);
  c.counters.add(c.counters.urgentBytes);
}

/**
 * Linux discards data after a FIN; a longer segment with the same start replaces one with a FIN.
 * @returns how many bytes of the segment are used
 */
function lengthUntilFin(c: Context, x: Segment): number {
  const { cells } = c;
  const flags = x.own + Session.DIRECTION_FLAGS;
  if ((cells[flags]! & Session.DIRECTION_FIN) === 0) return x.length;
  const fin = cells[x.own + Session.FIN_SEQ]!;
  const waiting = distance(cells[x.own + Session.FIN_START]!, cells[x.own + Session.RECEIVED]!) > 0;
  if (waiting && x.seq === cells[x.own + Session.FIN_START] && distance(x.end, fin) > 0) {
    cells[flags]! &= ~Session.DIRECTION_FIN;
    return x.length;
  }
  return Math.min(x.length, distance(fin, x.seq));
}
