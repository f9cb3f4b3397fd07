/**
 * Which of two overlapping chunks of a stream owns the bytes they share: this differs by operating system.
 *
 * Every class but LINUX_6 orders the chunks totally by where they start and end (FIRST and LAST: by arrival), so a
 * new chunk that wins against the owner of a byte wins against every other chunk that covers this byte too.
 * Therefore it is enough to remember for each byte its owner with the owner's whole, untrimmed extent.
 *
 * Source: Novak and Sturges, Target-Based TCP Stream Reassembly (2007), and measurements.
 */

import { HOST_OS, type TcpClass, tcpClass } from '../../../engine/stream/host-os-policy.js';

/** The chunk that arrived first is kept. */
export const FIRST = 0;
/** The chunk that arrived last wins. */
export const LAST = 1;
/** A new chunk wins when it starts before the old one. */
export const BSD = 2;
/** … or starts at the same place and is longer. */
export const LINUX = 3;
/** … or starts at the same place and is at least as long. */
export const OLD_LINUX = 4;
/** A new chunk wins when it ends after the old one, or at the same place without starting after it. */
export const SOLARIS = 5;
/** Linux 4.9 and later: data in order is final at once, adjacent chunks are merged. See `linux-queue.ts`. */
export const LINUX_6 = 6;

/** Whether a new chunk wins against an old one that it overlaps. Positions are compared modulo 2^32. */
export function newWins(
  policy: number,
  start: number,
  end: number,
  oldStart: number,
  oldEnd: number,
): boolean {
  const later = (start - oldStart) | 0;
  const longer = (end - oldEnd) | 0;
  switch (policy) {
    case LAST:
      return true;
    case BSD:
      return later < 0;
    case LINUX:
      return later < 0 || (later === 0 && longer > 0);
    case OLD_LINUX:
      return later < 0 || (later === 0 && longer >= 0);
    case SOLARIS:
      return longer > 0 || (longer === 0 && later <= 0);
    default:
      return false;
  }
}

const NUMBERS: Readonly<Record<TcpClass, number>> = {
  first: FIRST,
  last: LAST,
  bsd: BSD,
  linux: LINUX,
  'old-linux': OLD_LINUX,
  solaris: SOLARIS,
  'linux-6': LINUX_6,
};

/** Class of each name that `host-os-policy` takes. */
export const POLICY_CLASSES: Readonly<Record<string, number>> = Object.fromEntries(
  HOST_OS.map(os => [os, NUMBERS[tcpClass(os)]]),
);
