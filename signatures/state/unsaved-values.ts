/**
 * Values that a thread has set and unset in a saved dataset since it was last saved. Their amount depends on the
 * traffic, so all sets of a thread share a memory limit.
 */

/** Bytes left for values of all sets. */
export interface Capacity {
  left: number;
}

/** Memory per value in addition to its bytes. */
const OVERHEAD = 100;

export class UnsavedValues {
  /** Each with the set's era in which it was added. */
  readonly added = new Map<string, number>();
  readonly removed = new Set<string>();

  /** @param full called when there is no space for a value, which is then not saved */
  constructor(
    private readonly capacity: Capacity,
    private readonly full: () => void,
  ) {}

  add(value: string, era: number): void {
    const known = this.removed.delete(value) || this.added.has(value);
    if (known || this.reserve(value)) this.added.set(value, era);
  }

  remove(value: string): void {
    const known = this.added.delete(value) || this.removed.has(value);
    if (known || this.reserve(value)) this.removed.add(value);
  }

  /** Called when the set was cleared. */
  clear(): void {
    for (const value of this.added.keys()) this.capacity.left += sizeOf(value);
    for (const value of this.removed) this.capacity.left += sizeOf(value);
    this.added.clear();
    this.removed.clear();
  }

  private reserve(value: string): boolean {
    const size = sizeOf(value);
    if (size > this.capacity.left) {
      this.full();
      return false;
    }
    this.capacity.left -= size;
    return true;
  }
}

function sizeOf(value: string): number {
  return value.length + OVERHEAD;
}
