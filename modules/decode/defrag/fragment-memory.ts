/**
 * Memory for fragment data: blocks of 64 bytes to 128 KiB in powers of two, cut from slabs that are allocated when
 * needed and kept. The total never exceeds the cap.
 */

const MIN_ORDER = 6;
const MAX_ORDER = 17;
const SLAB = 1 << 18;

export class FragmentMemory {
  private readonly slabs: Uint8Array[] = [];
  /** Free blocks by size: `slab * SLAB + offset`. */
  private readonly free: number[][] = Array.from({ length: MAX_ORDER + 1 }, () => []);
  private end = 0;
  /** Bytes of the blocks in use. */
  used = 0;

  constructor(private readonly cap: number) {}

  /** @returns a handle of a block of at least `length` bytes; -1 when the cap is reached */
  allocate(length: number): number {
    const order = orderOf(length);
    const bytes = 1 << order;
    if (order > MAX_ORDER || this.used + bytes > this.cap) return -1;
    const block = this.free[order]!.pop() ?? this.cut(order);
    if (block >= 0) this.used += bytes;
    return block;
  }

  release(block: number, length: number): void {
    const order = orderOf(length);
    this.used -= 1 << order;
    this.free[order]!.push(block);
  }

  copyIn(block: number, from: Uint8Array, start: number, end: number): void {
    const slab = this.slabs[Math.floor(block / SLAB)]!;
    let at = block % SLAB;
    for (let i = start; i < end; i++) slab[at++] = from[i]!;
  }

  /** A view of the first bytes of a block. Only for the datagram currently being assembled. */
  view(block: number, length: number): Uint8Array {
    const at = block % SLAB;
    return this.slabs[Math.floor(block / SLAB)]!.subarray(at, at + length);
  }

  private cut(order: number): number {
    const bytes = 1 << order;
    // Blocks are powers of two and so never straddle slabs once the end is aligned to their size.
    const at = Math.ceil(this.end / bytes) * bytes;
    if (at + bytes > this.slabs.length * SLAB) {
      if ((this.slabs.length + 1) * SLAB > this.cap + 2 * SLAB) return this.splitLarger(order);
      this.slabs.push(new Uint8Array(SLAB));
    }
    this.freeRange(this.end, at);
    this.end = at + bytes;
    return at;
  }

  /** Frees the gap left by alignment, in blocks as large as possible. */
  private freeRange(from: number, to: number): void {
    while (to - from >= 1 << MIN_ORDER) {
      let order = MIN_ORDER;
      while (order < MAX_ORDER && from % (2 << order) === 0 && from + (2 << order) <= to) order++;
      this.free[order]!.push(from);
      from += 1 << order;
    }
  }

  private splitLarger(order: number): number {
    for (let larger = order + 1; larger <= MAX_ORDER; larger++) {
      const block = this.free[larger]!.pop();
      if (block === undefined) continue;
      this.freeRange(block + (1 << order), block + (1 << larger));
      return block;
    }
    return -1;
  }
}

function orderOf(length: number): number {
  return Math.max(MIN_ORDER, 32 - Math.clz32(Math.max(length, 1) - 1));
}
