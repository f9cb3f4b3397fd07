/**
 * A batch: the packets that a thread processes together, as a list of slots in order.
 *
 * A module that only reads packets or writes their rows iterates over `slots[0, length)`. A module that inserts or
 * removes packets builds the new list with `keep` and finishes with `replace`:
 *
 *     for (let i = 0; i < batch.length; i++) {
 *       const slot = batch.slots[i]!;
 *       batch.keep(slot);
 *       if (isTunnel(slot)) batch.keep(innerOf(slot));
 *     }
 *     batch.replace();
 */
export class Batch {
  slots: Int32Array;
  length = 0;
  private spare: Int32Array;
  private kept = 0;

  constructor(capacity = 1024) {
    this.slots = new Int32Array(capacity);
    this.spare = new Int32Array(capacity);
  }

  /** Adds a packet at the end. */
  push(slot: number): void {
    if (this.length === this.slots.length) this.slots = grown(this.slots);
    this.slots[this.length++] = slot;
  }

  /** Adds a packet to the list that will replace this one. */
  keep(slot: number): void {
    if (this.kept === this.spare.length) this.spare = grown(this.spare);
    this.spare[this.kept++] = slot;
  }

  /** Number of packets kept so far. */
  get keptLength(): number {
    return this.kept;
  }

  /** Slot of the kept packet at index `i`. */
  keptAt(i: number): number {
    return this.spare[i]!;
  }

  /** Replaces the batch by the kept packets. */
  replace(): void {
    const before = this.slots;
    this.slots = this.spare;
    this.length = this.kept;
    this.spare = before;
    this.kept = 0;
  }

  /** Moves the kept packets to `target` (emptied first), to pass them on before the rest. */
  moveKeptTo(target: Batch): void {
    target.length = 0;
    for (let i = 0; i < this.kept; i++) target.push(this.spare[i]!);
    this.kept = 0;
  }

  clear(): void {
    this.length = 0;
    this.kept = 0;
  }
}

function grown(slots: Int32Array): Int32Array {
  const larger = new Int32Array(slots.length * 2);
  larger.set(slots);
  return larger;
}
