/**
 * Which of two overlapping fragments owns the bytes they share, for each kind of receiver (Novak, "Target-based
 * fragmentation reassembly", 2005). Fragments keep their original extents; a new one gets a byte when it wins
 * against all old ones that cover it. All rules compare starts and ends only, so "all old ones" are represented by the
 * lowest and highest of those.
 */
import type { FragmentClass } from '../../../engine/stream/host-os-policy.js';

/** Extents of the old fragments that cover a byte. For a single one, lowest and highest are the same. */
export type Wins = (
  start: number,
  end: number,
  lowestStart: number,
  highestStart: number,
  highestEnd: number,
) => boolean;

/** Rules by class. `linux-6` never uses them: an overlap discards the datagram. */
export const WINS: Readonly<Record<FragmentClass, Wins>> = {
  first: () => false,
  last: () => true,
  bsd: (start, _end, lowestStart) => start < lowestStart,
  'bsd-right': (start, _end, _lowestStart, highestStart) => start >= highestStart,
  linux: (start, _end, lowestStart) => start <= lowestStart,
  windows: (start, end, lowestStart, _highestStart, highestEnd) => start < lowestStart && end > highestEnd,
  solaris: (start, end, lowestStart, _highestStart, highestEnd) => start < lowestStart && end >= highestEnd,
  'linux-6': () => false,
};
