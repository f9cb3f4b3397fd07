/** Which acknowledgments are valid (RFC 9293 section 3.10.7.4, RFC 5961 section 5), and their effects. */

import * as Event from '../../../engine/packet/packet-events.js';
import * as Packet from '../../../engine/packet.js';
import * as State from '../../../engine/stream/tcp-state.js';
import { acceptOld, type Context, distance, raiseLastAck, reject, setState } from './context.js';
import { finishDirection, streamSequence } from './delivery.js';
import { LINUX_6 } from './os-policy.js';
import { ACK, type Segment } from './segment.js';
import * as Session from './session.js';

/** Whether the segment's acknowledgment, if it has one, is acceptable; sets an event when not. */
export function isValidAck(c: Context, x: Segment): boolean {
  if (!x.has(ACK)) return true;
  const { cells } = c;
  const last = cells[x.other + Session.LAST_ACK]!;
  const edge = cells[x.other + Session.NEXT_WIN]!;
  const modern = cells[x.own + Session.POLICY] === LINUX_6;
  const sent = sentBy(c, x.other);
  // A window probe, and a FIN, may be accepted beyond the last advertised window.
  const highest = modern || distance(sent, edge) > 0 ? sent : edge;
  if (distance(x.ack, last) > 0) {
    return distance(x.ack, highest) <= 0 || reject(c, x, Event.STREAM_PKT_INVALID_ACK);
  }
  // RFC 5961 section 5.2. Linux: not below the lowest number ever acknowledged.
  const window = cells[x.other + Session.MAX_WINDOW]!;
  const acked = distance(last, (cells[x.other + Session.ISN]! + 1) | 0);
  const back = modern ? Math.min(window, acked) : window;
  return distance(x.ack, (last - back) | 0) >= 0 || reject(c, x, Event.STREAM_PKT_INVALID_ACK);
}

/**
 * A pure acknowledgment of data that was acknowledged before: it arrived out of order. It changes nothing, and inline
 * it is accepted.
 */
export function isOldAck(c: Context, x: Segment): boolean {
  return x.length === 0 && distance(x.ack, c.cells[x.other + Session.LAST_ACK]!) <= 0;
}

/** Sets the event of an invalid acknowledgment. @returns ACCEPTED for an old one */
export function refuseAck(c: Context, x: Segment, event: number): boolean {
  return isOldAck(c, x) ? acceptOld(c, x, event) : reject(c, x, event);
}

/** The sequence number after everything the other side has sent, including its FIN. */
export function sentBy(c: Context, direction: number): number {
  const { cells } = c;
  const fin = (cells[direction + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN) !== 0;
  return (cells[direction + Session.NEXT_SEQ]! + (fin ? 1 : 0)) | 0;
}

/** Applies a valid acknowledgment: data of the other side that it covers is now final. */
export function processAck(c: Context, x: Segment): void {
  if (!x.has(ACK)) return;
  const { cells } = c;
  if (distance(x.ack, cells[x.other + Session.NEXT_SEQ]!) > 1) {
    c.counters.add(c.counters.ackUnseenData);
  }
  raiseLastAck(c, x.other, x.ack);
  const read = streamSequence(c, x.other, readable(c, x.other));
  c.reassembler.acknowledged(c.batch, x.slot, x.flow, !x.toServer, read);
  finishWhenAcked(c, x, x.other, !x.toServer);
}

/** The acknowledged end; Linux delivers nothing after a FIN to its reader. */
function readable(c: Context, direction: number): number {
  const { cells } = c;
  const last = cells[direction + Session.LAST_ACK]!;
  const fin = (cells[direction + Session.DIRECTION_FLAGS]! & Session.DIRECTION_FIN) !== 0;
  if (!fin || cells[direction + Session.POLICY] !== LINUX_6) return last;
  const end = cells[direction + Session.FIN_SEQ]!;
  return distance(last, end) > 0 ? end : last;
}

/** The direction ends when its FIN is acknowledged: until then earlier segments may still be retransmitted. */
export function finishWhenAcked(c: Context, x: Segment, direction: number, toServer: boolean): void {
  const { cells } = c;
  const flags = cells[direction + Session.DIRECTION_FLAGS]!;
  if ((flags & (Session.DIRECTION_FIN | Session.DIRECTION_FINISHED)) !== Session.DIRECTION_FIN) return;
  const fin = cells[direction + Session.FIN_SEQ]!;
  if (distance(cells[direction + Session.LAST_ACK]!, fin) <= 0) return;
  // Data after the FIN: it was not the end.
  const more = distance(cells[direction + Session.NEXT_SEQ]!, fin) > 0;
  if (more && cells[direction + Session.POLICY] !== LINUX_6) return;
  cells[direction + Session.DIRECTION_FLAGS] = flags | Session.DIRECTION_FINISHED;
  // A FIN received after a gap (Linux) did not change the state on arrival.
  if (cells[x.session + Session.STATE] === State.ESTABLISHED)
    setState(c, x, toServer ? State.CLOSE_WAIT : State.FIN_WAIT1);
  finishDirection(c, x.session, x.slot, x.flow, toServer, Packet.STREAM_END);
}
