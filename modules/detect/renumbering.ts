/** What the numbers of signatures become when rules are loaded anew: the same gid, sid and size, or nothing. */
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';

export const GONE = -1;

/** How many reloads a transaction may lie still and keep what was found out about it. */
const MOST_STEPS = 16;

function renumbering(before: RuleSetImage, after: RuleSetImage): Int32Array {
  const numbers = new Map<number, number>();
  // 2^32 sids, and few gids: exact below 2^53.
  const key = (image: RuleSetImage, n: number) =>
    (image.header[n * Header.INTS + Header.SID]! >>> 0) +
    image.header[n * Header.INTS + Header.GID]! * 2 ** 32;
  for (let n = 0; n < after.count; n++) numbers.set(key(after, n), n);
  const size = (image: RuleSetImage, n: number) => image.header[n * Header.INTS + Header.TEXT_LENGTH]!;
  return Int32Array.from({ length: before.count }, (_, n) => {
    const now = numbers.get(key(before, n));
    return now === undefined || size(before, n) !== size(after, now) ? GONE : now;
  });
}

/** Renumberings of the last reloads. */
export class Renumberings {
  /** Counts reloads. */
  generation = 0;
  private readonly steps: Int32Array[] = [];

  add(before: RuleSetImage, after: RuleSetImage): Int32Array {
    const step = renumbering(before, after);
    this.steps.push(step);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
    this.generation++;
    return step;
  }

  /** Number now of a signature that had this number in an earlier generation; GONE when there is none. */
  since(generation: number, signature: number): number {
    const first = this.steps.length - (this.generation - generation);
    if (first < 0) return GONE;
    let number = signature;
    for (let i = first; i < this.steps.length && number !== GONE; i++)
      number = this.steps[i]![number] ?? GONE;
    return number;
  }
}
