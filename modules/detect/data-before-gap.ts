/**
 * A piece of a stream that ends at a gap and waits for inspection. Data after the gap is not contiguous with it, so
 * the piece is inspected by itself, with the same packet.
 */
import { History } from './history.js';
import { NumberList } from './number-list.js';

export class DataBeforeGap {
  readonly history = new History();
  /** Signatures whose patterns were found in it. */
  readonly candidates = new NumberList(0);
  /** Number of waiting pieces, this one and the older ones. */
  readonly number: number;

  /**
   * @param inspected bytes before this position of the stream were inspected
   * @param older the previous waiting piece
   */
  constructor(
    readonly inspected: number,
    readonly older: DataBeforeGap | undefined,
  ) {
    this.number = (older?.number ?? 0) + 1;
  }

  addCandidates(candidates: NumberList): void {
    for (let i = 0; i < candidates.length; i++) this.candidates.push(candidates.values[i]!);
  }

  /** Applies new signature numbers after a reload; removed signatures are forgotten. */
  renumber(numbers: Int32Array): void {
    const { candidates } = this;
    let kept = 0;
    for (let i = 0; i < candidates.length; i++) {
      const number = numbers[candidates.values[i]!]!;
      if (number >= 0) candidates.values[kept++] = number;
    }
    candidates.length = kept;
  }
}
