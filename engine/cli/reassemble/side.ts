/** The data received by one side of a flow, or a datagram reassembled from fragments. */

export type SideEnd = 'fin' | 'rst' | 'timeout' | 'eof';

export interface SideOverlap {
  /** Offset in the stream of the first byte that differs. */
  readonly offset: number;
  /** The original bytes, and the bytes received in their place; the policy decides which are used. */
  readonly existing: Uint8Array;
  readonly received: Uint8Array;
}

export interface Side {
  readonly proto: string;
  readonly src: string;
  readonly sport: number | undefined;
  readonly dst: string;
  readonly dport: number | undefined;
  /** Operating system of the receiver, from `host-os-policy`; `inline` when the first bytes were used everywhere. */
  readonly policy: string;
  /** Data in order, without gaps. */
  readonly data: readonly Uint8Array[];
  /** Missing bytes: offset in the stream. */
  readonly gaps: readonly { readonly offset: number; readonly length: number }[];
  readonly overlaps: readonly SideOverlap[];
  /** Number of bytes beyond the limit, which were not kept. */
  readonly cut: number;
  readonly end: SideEnd;
}

/** Data of a side as a single array. */
export function bytesOf(side: Side): Buffer {
  return Buffer.concat(side.data);
}
