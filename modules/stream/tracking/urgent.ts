/**
 * Urgent bytes that go another way than the stream (RFC 6093): which ones, and where the bytes behind them stand in
 * the stream as it is read.
 *
 * Urgent data is rare, so the few directions that have it keep sorted lists of sequence numbers beside their records.
 */

/** Bytes that may be taken out of one direction, and out of all together. */
const LIMIT = 64 * 1024;
const LIMIT_OF_ALL = 2 ** 20;

export class UrgentBytes {
  /** Sorted sequence numbers by index of the direction's record. */
  private readonly lists = new Map<number, number[]>();
  private total = 0;

  /** Whether any byte of the direction was taken out. */
  has(direction: number): boolean {
    return this.lists.size > 0 && this.lists.has(direction);
  }

  isFull(direction: number): boolean {
    return this.total >= LIMIT_OF_ALL || (this.lists.get(direction)?.length ?? 0) >= LIMIT;
  }

  /** Takes the byte with this sequence number out of the direction's stream. */
  add(direction: number, seq: number): void {
    const list = this.lists.get(direction);
    if (!list) {
      this.lists.set(direction, [seq]);
      this.total++;
      return;
    }
    const at = countBefore(list, seq);
    if (list[at] === seq) return;
    list.splice(at, 0, seq);
    this.total++;
  }

  /** How many bytes before this sequence number were taken out. */
  before(direction: number, seq: number): number {
    const list = this.lists.get(direction);
    return list ? countBefore(list, seq) : 0;
  }

  /** The first byte at or behind `seq` that was taken out, undefined when there is none. */
  next(direction: number, seq: number): number | undefined {
    const list = this.lists.get(direction);
    return list?.[countBefore(list, seq)];
  }

  forget(direction: number): void {
    const list = this.lists.get(direction);
    if (!list) return;
    this.total -= list.length;
    this.lists.delete(direction);
  }
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
