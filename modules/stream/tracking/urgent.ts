/**
 * Urgent bytes that are removed from the stream (RFC 6093): which ones, and the position of the following bytes in
 * the stream as it is read.
 *
 * Urgent data is rare, so the few directions that have it keep sorted lists of sequence numbers outside their records.
 */

/** Maximum number of bytes removed from one direction, and from all together. */
const LIMIT = 64 * 1024;
const LIMIT_OF_ALL = 2 ** 20;

/** Valid data is never further back: windows are smaller (RFC 7323 section 2.3). */
const MAX_DISTANCE_BACK = 2 ** 30;

/** Bytes removed from one direction. */
interface RemovedBytes {
  /** Sorted sequence numbers. */
  readonly sequences: number[];
  /** Number of bytes removed before those: so far back that their numbers would be taken for future ones. */
  before: number;
}

export class UrgentBytes {
  /** By index of the direction's record. */
  private readonly directions = new Map<number, RemovedBytes>();
  /** Number of sequence numbers stored. */
  private total = 0;

  /** Whether any byte of the direction was removed. */
  has(direction: number): boolean {
    return this.directions.size > 0 && this.directions.has(direction);
  }

  isFull(direction: number): boolean {
    const taken = this.directions.get(direction);
    return this.total >= LIMIT_OF_ALL || (taken !== undefined && countOf(taken) >= LIMIT);
  }

  /** Removes the byte with this sequence number from the direction's stream. */
  add(direction: number, seq: number): void {
    const taken = this.directions.get(direction) ?? { sequences: [], before: 0 };
    this.directions.set(direction, taken);
    this.forgetOldest(taken, seq);
    const { sequences } = taken;
    const at = countBefore(sequences, seq);
    if (sequences[at] === seq) return;
    sequences.splice(at, 0, seq);
    this.total++;
  }

  /** How many bytes before this sequence number were removed. */
  before(direction: number, seq: number): number {
    const taken = this.directions.get(direction);
    if (!taken) return 0;
    this.forgetOldest(taken, seq);
    return taken.before + countBefore(taken.sequences, seq);
  }

  /** The first removed byte at or after `seq`, undefined when there is none. */
  next(direction: number, seq: number): number | undefined {
    const taken = this.directions.get(direction);
    if (!taken) return undefined;
    this.forgetOldest(taken, seq);
    return taken.sequences[countBefore(taken.sequences, seq)];
  }

  forget(direction: number): void {
    const taken = this.directions.get(direction);
    if (!taken) return;
    this.total -= taken.sequences.length;
    this.directions.delete(direction);
  }

  private forgetOldest(taken: RemovedBytes, seq: number): void {
    const { sequences } = taken;
    let left = 0;
    while (left < sequences.length && ((seq - sequences[left]!) | 0) > MAX_DISTANCE_BACK) left++;
    if (left === 0) return;
    sequences.splice(0, left);
    taken.before += left;
    this.total -= left;
  }
}

function countOf({ sequences, before }: RemovedBytes): number {
  return before + sequences.length;
}

function countBefore(list: readonly number[], seq: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (((list[middle]! - seq) | 0) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
