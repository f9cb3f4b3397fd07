/**
 * The hash index of the flow table: open addressing with linear probing, an entry of two int32 (mixed hash, row).
 *
 * It grows by doubling when half full, and deletes by moving later entries back, so a probe never meets
 * tombstones and usually costs one cache line.
 */

/** Whether the flow in `row` is the one searched for. */
export type IsFlow = (row: number) => boolean;

export class IndexTable {
  /** Pairs: mixed hash, then row + 1; a row of 0 is an empty entry. */
  private entries: Int32Array;
  private mask: number;
  private count = 0;

  /** @param size initial number of entries, rounded up to a power of two  @param seed random number of this run */
  constructor(
    size: number,
    private readonly seed: number,
  ) {
    const capacity = powerOfTwo(size);
    this.entries = new Int32Array(capacity * 2);
    this.mask = capacity - 1;
  }

  get length(): number {
    return this.count;
  }

  get byteLength(): number {
    return this.entries.byteLength;
  }

  /** Spreads a hash over all bits: adjacent hash values are not adjacent here. */
  mix(hash: number): number {
    let mixed = Math.imul(hash ^ this.seed, 0x9e3779b1);
    mixed ^= mixed >>> 15;
    return Math.imul(mixed, 0x85ebca6b) ^ (mixed >>> 13);
  }

  /** Row of the first entry a lookup will meet, -1 for none. Called for a whole batch, it prefetches memory. */
  touch(mixed: number): number {
    return this.entries[(mixed & this.mask) * 2 + 1]! - 1;
  }

  /** @returns the row for which `isFlow` returns true, or -1 */
  find(mixed: number, isFlow: IsFlow): number {
    const { entries, mask } = this;
    for (let at = mixed & mask; ; at = (at + 1) & mask) {
      const row = entries[at * 2 + 1]! - 1;
      if (row < 0) return -1;
      if (entries[at * 2] === mixed && isFlow(row)) return row;
    }
  }

  insert(mixed: number, row: number): void {
    if (this.count * 2 > this.mask) this.grow();
    this.place(mixed, row);
    this.count++;
  }

  /** Removes the entry of `row`. @returns false when it is not there */
  remove(mixed: number, row: number): boolean {
    const { entries, mask } = this;
    let at = mixed & mask;
    while (entries[at * 2 + 1] !== row + 1) {
      if (entries[at * 2 + 1] === 0) return false;
      at = (at + 1) & mask;
    }
    this.count--;
    this.closeHole(at);
    return true;
  }

  /** Moves entries after the hole back where allowed, until an empty one is met. */
  private closeHole(hole: number): void {
    const { entries, mask } = this;
    for (let at = (hole + 1) & mask; entries[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const home = entries[at * 2]! & mask;
      // The entry may move when its home position is not after the hole (cyclically).
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      entries[hole * 2] = entries[at * 2]!;
      entries[hole * 2 + 1] = entries[at * 2 + 1]!;
      hole = at;
    }
    entries[hole * 2 + 1] = 0;
  }

  private place(mixed: number, row: number): void {
    const { entries, mask } = this;
    let at = mixed & mask;
    while (entries[at * 2 + 1] !== 0) at = (at + 1) & mask;
    entries[at * 2] = mixed;
    entries[at * 2 + 1] = row + 1;
  }

  private grow(): void {
    const old = this.entries;
    this.entries = new Int32Array(old.length * 2);
    this.mask = old.length - 1;
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.place(old[i]!, old[i + 1]! - 1);
  }
}

function powerOfTwo(size: number): number {
  let power = 16;
  while (power < size && power < 2 ** 26) power *= 2;
  return power;
}
