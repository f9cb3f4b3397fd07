/**
 * The record of one direction of a stream: a row of int32, found by flow number and direction.
 *
 * *Positions* count bytes from the first one after the SYN, modulo 2^32, and are compared by their difference:
 * `(a - b) | 0`. Data below IN_ORDER is contiguous and stored in one buffer; chunks after a gap are stored in blocks
 * of their own. DELIVERED separates data that was delivered from data that was not.
 */

export const INTS = 20;

export const FLAGS = 0;
/** Sequence number of position 0. */
export const FIRST_SEQUENCE = 1;
/** One of the policy classes of `policy.ts`. */
export const POLICY = 2;
/** Everything below was delivered to the following modules, or is a gap that was reported. */
export const DELIVERED = 3;
/** End of the contiguous data. */
export const IN_ORDER = 4;
/** Highest position acknowledged by the receiver. */
export const ACKED = 5;
/** Block of the buffer with the contiguous data, plus one; 0 when there is none. */
export const BUFFER = 6;
/** Position of the buffer's first byte. */
export const BUFFER_START = 7;
/** Bytes of the buffer from this position on are still needed. */
export const KEPT_FROM = 8;
/** Tree of chunks: root, first and last node; 0 when empty. */
export const ROOT = 9;
export const HEAD = 10;
export const TAIL = 11;
/** Chunks and bytes above IN_ORDER; the gaps there, and those wide enough to separate regions. */
export const WAITING_CHUNKS = 12;
export const WAITING_BYTES = 13;
export const HOLES = 14;
export const WIDE_HOLES = 15;
/** Bytes that are lost for good and not yet reported. */
export const GAP = 16;
/** Reassembly stops at this position; 0: never. */
export const DEPTH = 17;
/** Largest size of the last buffer: the next one starts with it. */
export const SIZE_HINT = 18;

// ── FLAGS ────────────────────────────────────────────────────────────────────────────────────────────
export const OPEN = 1 << 0;
/** Each packet's data is delivered with the packet. */
export const INLINE = 1 << 1;
/** Contiguous data is final: later data does not replace it, so its chunks need not be tracked. */
export const SETTLED = 1 << 2;
/** Some data was delivered. */
export const STARTED = 1 << 3;
/** The depth is reached, or the end was delivered: further data is ignored. */
export const DEPTH_REACHED = 1 << 4;
export const ENDED = 1 << 5;
/** In IDS mode: contiguous data beyond the depth was seen, so parsers are given no more. */
export const DEPTH_SEEN = 1 << 7;

/** Start index of the row of one direction of a flow. */
export function rowOf(flow: number, toServer: boolean): number {
  return (flow * 2 + (toServer ? 1 : 0)) * INTS;
}
