/** What one side of a conversation received, or a datagram that was made from fragments. */

export type SideEnd = 'fin' | 'rst' | 'timeout' | 'eof';

export interface SideOverlap {
  /** Offset in the stream of the first byte that differs. */
  readonly offset: number;
  /** The first bytes that were there, and that came in their place; the policy says which count. */
  readonly before: Uint8Array;
  readonly brought: Uint8Array;
}

export interface Side {
  readonly proto: string;
  readonly src: string;
  readonly sport: number | undefined;
  readonly dst: string;
  readonly dport: number | undefined;
  /** Operating system of the receiver, by `host-os-policy`; `inline` when the first bytes counted for all. */
  readonly policy: string;
  /** Data in order, without the gaps. */
  readonly data: readonly Uint8Array[];
  /** Bytes that never came: offset in the stream. */
  readonly gaps: readonly { readonly offset: number; readonly length: number }[];
  readonly overlaps: readonly SideOverlap[];
  /** Bytes beyond those that were kept. */
  readonly cut: number;
  readonly end: SideEnd;
}

/** Data of a side as one array. */
export function bytesOf(side: Side): Buffer {
  return Buffer.concat(side.data);
}
