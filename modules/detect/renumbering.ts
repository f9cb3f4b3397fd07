/** Maps signature numbers to those after a reload: same gid, sid and text, or none. */
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';

export const REMOVED_SIGNATURE = -1;

/** Number of reloads for which an idle transaction keeps its state. */
const MAX_STEPS = 16;

function renumbering(before: RuleSetImage, after: RuleSetImage): Int32Array {
  // Tenants may have rules with the same sid: the first maps to the first, the second to the second.
  const first = new Map<number, number>();
  const next = new Int32Array(after.count);
  for (let n = after.count - 1; n >= 0; n--) {
    next[n] = first.get(keyOf(after, n)) ?? REMOVED_SIGNATURE;
    first.set(keyOf(after, n), n);
  }
  return Int32Array.from({ length: before.count }, (_, n) => {
    const key = keyOf(before, n);
    const now = first.get(key) ?? REMOVED_SIGNATURE;
    if (now === REMOVED_SIGNATURE) return REMOVED_SIGNATURE;
    first.set(key, next[now]!);
    return sumOf(before, n) === sumOf(after, now) ? now : REMOVED_SIGNATURE;
  });
}

/** 2^32 sids, and few gids: exact below 2^53. */
function keyOf({ header }: RuleSetImage, n: number): number {
  const h = n * Header.INTS;
  return (header[h + Header.SID]! >>> 0) + header[h + Header.GID]! * 2 ** 32;
}

function sumOf({ header }: RuleSetImage, n: number): number {
  return header[n * Header.INTS + Header.TEXT_SUM]!;
}

/** Renumberings of the last reloads. */
export class Renumberings {
  /** Number of reloads. */
  generation = 0;
  private readonly steps: Int32Array[] = [];

  add(before: RuleSetImage, after: RuleSetImage): Int32Array {
    const step = renumbering(before, after);
    this.steps.push(step);
    if (this.steps.length > MAX_STEPS) this.steps.shift();
    this.generation++;
    return step;
  }

  /** Current number of a signature that had this number in an earlier generation; GONE when there is none. */
  since(generation: number, signature: number): number {
    const first = this.steps.length - (this.generation - generation);
    if (first < 0) return REMOVED_SIGNATURE;
    let number = signature;
    for (let i = first; i < this.steps.length && number !== REMOVED_SIGNATURE; i++)
      number = this.steps[i]![number] ?? REMOVED_SIGNATURE;
    return number;
  }
}
