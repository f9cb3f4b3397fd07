/**
 * The record of one direction of a stream: a row of int32, found by flow number and direction.
 *
 * *Positions* count bytes from the first one behind the SYN, modulo 2^32, and are compared by their difference:
 * `(a - b) | 0`. Data below IN_ORDER is contiguous and lies in one buffer; pieces behind a hole wait in blocks of
 * their own. DELIVERED divides what was handed on from what was not.
 */

export const INTS = 20;

export const FLAGS = 0;
/** Sequence number of position 0. */
export const FIRST_SEQUENCE = 1;
/** One of the classes of `policy.ts`. */
export const POLICY = 2;
/** All below was handed to the modules behind, or is a hole that was told. */
export const DELIVERED = 3;
/** End of the contiguous data. */
export const IN_ORDER = 4;
/** Highest position that the receiver acknowledged. */
export const ACKED = 5;
/** Block of the buffer with the contiguous data, plus one; 0 when there is none. */
export const BUFFER = 6;
/** Position of the buffer's first byte. */
export const BUFFER_START = 7;
/** Bytes of the buffer from this position on are still needed. */
export const KEPT_FROM = 8;
/** Tree of pieces: root, first and last node; 0 when empty. */
export const ROOT = 9;
export const HEAD = 10;
export const TAIL = 11;
/** Pieces and bytes behind IN_ORDER; the holes there, and those that are wide enough to divide regions. */
export const WAITING_PIECES = 12;
export const WAITING_BYTES = 13;
export const HOLES = 14;
export const WIDE_HOLES = 15;
/** Bytes found missing for good, not yet told. */
export const GAP = 16;
/** Reassembly stops at this position; 0: never. */
export const DEPTH = 17;
/** Size that the last buffer grew to: the next one begins with it. */
export const SIZE_HINT = 18;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
export const OPEN = 1 << 0;
/** Each packet's data is handed on with the packet. */
export const INLINE = 1 << 1;
/** Contiguous data is settled: nothing that comes later replaces it, so its pieces need not be known. */
export const SETTLED = 1 << 2;
/** Something was handed on. */
export const STARTED = 1 << 3;
/** The depth is reached, or the end was handed on: data is ignored. */
export const DEPTH_REACHED = 1 << 4;
export const ENDED = 1 << 5;
/** After the fact: contiguous data beyond the depth came, so protocols are given no more. */
export const DEPTH_SEEN = 1 << 7;

/** Where the state of a direction of a flow begins. */
export function rowOf(flow: number, toServer: boolean): number {
  return (flow * 2 + (toServer ? 1 : 0)) * INTS;
}
