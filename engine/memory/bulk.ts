/** Bulk copying and summing of bytes in shared memory: the interface. */

export interface Bulk {
  /** Copies `[from, from + length)` to `[to, to + length)`; the ranges may overlap. */
  copy(to: number, from: number, length: number): void;
  /** Sum of the little-endian 16-bit words of `[offset, offset + length)`, as int32. For up to 64 KiB. */
  sumOfWords(offset: number, length: number): number;
}
