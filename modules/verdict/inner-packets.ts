/**
 * What becomes of a packet inside of another, or of the datagram that a fragment is part of: it is dropped, or its bytes
 * were changed. That may be found in another thread while the outer packet is still inspected, so it is kept apart from
 * what is found about the outer packet itself, which comes first, until nothing is waited for any more.
 */

import * as Packet from '../../engine/packet.js';
import { isDrop } from '../../engine/verdict.js';

const COUNT = 0xffff;
const VERDICT_SHIFT = 16;
const VERDICT = 0xf;
const REASON_SHIFT = 20;
const REASON = 0x3ff;
const CHANGED = 1 << 30;

/** Notes a drop unless there is one already. @param r row of the outer packet */
export function noteInnerDrop(row: Int32Array, r: number, verdict: number, reason: number): void {
  const place = r + Packet.VERDICTS_AWAITED;
  const drop = (reason << REASON_SHIFT) | (verdict << VERDICT_SHIFT);
  for (;;) {
    const before = Atomics.load(row, place);
    if (verdictIn(before) !== Packet.VERDICT_NONE) return;
    if (Atomics.compareExchange(row, place, before, before | drop) === before) return;
  }
}

/** Notes that bytes of the outer packet at `r` were changed. */
export function noteInnerChange(row: Int32Array, r: number): void {
  Atomics.or(row, r + Packet.VERDICTS_AWAITED, CHANGED);
}

/** One verdict that was waited for has come. @returns whether it was the last one; then what was noted counts */
export function arrived(row: Int32Array, p: number): boolean {
  const before = Atomics.sub(row, p + Packet.VERDICTS_AWAITED, 1);
  if ((before & COUNT) !== 0) return false;
  if ((before & CHANGED) !== 0) row[p + Packet.FLAGS]! |= Packet.FLAG_MODIFIED;
  const verdict = verdictIn(before);
  if (verdict !== Packet.VERDICT_NONE && !isDrop(row[p + Packet.VERDICT]!)) {
    row[p + Packet.VERDICT] = verdict;
    row[p + Packet.REASON] = (before >> REASON_SHIFT) & REASON;
  }
  return true;
}

function verdictIn(awaited: number): number {
  return (awaited >> VERDICT_SHIFT) & VERDICT;
}
