/**
 * How Linux since 4.19 handles fragments (policy `linux-6`): data never overlaps. A fragment inside a run of fragments
 * that arrived in order is ignored; any other overlap, and most other contradictions, discard the datagram,
 * and later fragments with its id begin a new one.
 */
import type { Tracker } from './tracker.js';
import { NO_END } from './tracker.js';

export const STORE = 0;
/** All of it was received already. */
export const IGNORE = 1;
export const DROP = 2;

const NOT_ECT = 1 << 0;
const CE = 1 << 3;

/** The usable length of a fragment that is not the last: IPv4 truncates it to a multiple of 8. -1: it is ignored. */
export function usableLength(version: number, length: number, more: boolean): number {
  if (!more || (length & 7) === 0) return length;
  return version === 4 ? length & ~7 : -1;
}

/** @returns STORE (after adding the run), IGNORE or DROP */
export function accept(tracker: Tracker, start: number, end: number, more: boolean): number {
  if (end <= start) return DROP;
  if (contradictsEnd(tracker, end, more)) return DROP;
  const { runs } = tracker;
  const last = runs.length - 1;
  if (last >= 0 && end > runs.end(last)) {
    if (start < runs.end(last)) return DROP;
    if (start === runs.end(last)) runs.extendLast(end);
    else runs.insert(start, end);
    return STORE;
  }
  const i = runs.firstEndingAfter(start);
  if (i < runs.length && runs.start(i) < end) {
    return runs.start(i) <= start && runs.end(i) >= end ? IGNORE : DROP;
  }
  runs.insert(start, end);
  return STORE;
}

/** A last fragment must not end before other data, and must end where an earlier last one did; others not after it. */
function contradictsEnd(tracker: Tracker, end: number, more: boolean): boolean {
  const { runs } = tracker;
  const furthest = runs.length > 0 ? runs.end(runs.length - 1) : 0;
  if (more) return tracker.end !== NO_END && end > tracker.end;
  return end < furthest || (tracker.end !== NO_END && end !== tracker.end);
}

/** RFC 3168 section 5.3: congestion experienced together with not-ECT makes a datagram invalid. */
export function isBrokenEcn(tracker: Tracker): boolean {
  return (tracker.ecn & (NOT_ECT | CE)) === (NOT_ECT | CE);
}
