/**
 * A piece of a stream that ends at a hole and waits to be inspected. What lies behind the hole has nothing to do with
 * it, so that it is looked at by itself, with the same packet.
 */
import { History } from './history.js';
import { NumberList } from './number-list.js';

export class BeforeHole {
  readonly history = new History();
  /** Signatures whose patterns were found in it. */
  readonly candidates = new NumberList(0);
  /** How many pieces wait, this one and the older ones. */
  readonly number: number;

  /**
   * @param inspected bytes before this position of the stream were inspected
   * @param older the piece before it that waits, too
   */
  constructor(
    readonly inspected: number,
    readonly older: BeforeHole | undefined,
  ) {
    this.number = (older?.number ?? 0) + 1;
  }

  take(candidates: NumberList): void {
    for (let i = 0; i < candidates.length; i++) this.candidates.push(candidates.values[i]!);
  }

  /** Signatures have other numbers now; those that are gone are forgotten. */
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
