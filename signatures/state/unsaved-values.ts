/**
 * Values that a thread has set and unset in a saved dataset since it was last saved. Their amount depends on the
 * traffic, so all sets of a thread share a memory limit.
 */

/** Bytes left for values of all sets. */
export interface Room {
  left: number;
}

/** Memory per value in addition to its bytes. */
const OVERHEAD = 100;

export class UnsavedValues {
  /** Each with the set's era in which it was added. */
  readonly added = new Map<string, number>();
  readonly removed = new Set<string>();

  /** @param full called when there is no room for a value, which is then not saved */
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

  /** Called when the set was cleared. */
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
