/**
 * What one thread has set and unset in a dataset that is saved, until it is. Traffic decides how much that is, so there is
 * room for so much of all sets of the thread.
 */

/** Bytes left for values of all sets. */
export interface Room {
  left: number;
}

/** What a value takes beside its bytes. */
const OVERHEAD = 100;

export class UnsavedValues {
  /** With each the era of the set in which it was added. */
  readonly added = new Map<string, number>();
  readonly removed = new Set<string>();

  /** @param full told when there is no room for a value: it is not saved */
  constructor(
    private readonly room: Room,
    private readonly full: () => void,
  ) {}

  add(value: string, era: number): void {
    const known = this.removed.delete(value) || this.added.has(value);
    if (known || this.takeRoom(value)) this.added.set(value, era);
  }

  remove(value: string): void {
    const known = this.added.delete(value) || this.removed.has(value);
    if (known || this.takeRoom(value)) this.removed.add(value);
  }

  /** The set was cleared. */
  clear(): void {
    for (const value of this.added.keys()) this.room.left += sizeOf(value);
    for (const value of this.removed) this.room.left += sizeOf(value);
    this.added.clear();
    this.removed.clear();
  }

  private takeRoom(value: string): boolean {
    const size = sizeOf(value);
    if (size > this.room.left) {
      this.full();
      return false;
    }
    this.room.left -= size;
    return true;
  }
}

function sizeOf(value: string): number {
  return value.length + OVERHEAD;
}
