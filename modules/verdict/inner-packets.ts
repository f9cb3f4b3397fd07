/**
 * Results for a packet inside another, or for the datagram that a fragment is part of: it is dropped, or its bytes
 * were changed. Another thread may find that while the outer packet is still being inspected, so it is kept separate
 * from the results for the outer packet itself, which take precedence, until no verdict is outstanding.
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
export function recordInnerDrop(row: Int32Array, r: number, verdict: number, reason: number): void {
  const place = r + Packet.PENDING_VERDICTS;
  const drop = (reason << REASON_SHIFT) | (verdict << VERDICT_SHIFT);
  for (;;) {
    const before = Atomics.load(row, place);
    if (verdictIn(before) !== Packet.VERDICT_NONE) return;
    if (Atomics.compareExchange(row, place, before, before | drop) === before) return;
  }
}

/** Notes that bytes of the outer packet at `r` were changed. */
export function recordInnerChange(row: Int32Array, r: number): void {
  Atomics.or(row, r + Packet.PENDING_VERDICTS, CHANGED);
}

/** One outstanding verdict has arrived. @returns whether it was the last one; then the noted results are applied */
export function countArrival(row: Int32Array, p: number): boolean {
  const before = Atomics.sub(row, p + Packet.PENDING_VERDICTS, 1);
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
