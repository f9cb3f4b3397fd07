/** The matches of one scan, in a growing list. */
import { MATCH_INTS } from '../native/patterns.js';

const FIRST_CAPACITY = 1024;

export class MatchList {
  /** Triples as in `Matcher.matches`. */
  triples = new Uint32Array(FIRST_CAPACITY * MATCH_INTS);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** @returns index of the match in the list */
  add(job: number, id: number, end: number): number {
    const at = this.count * MATCH_INTS;
    if (at === this.triples.length) this.grow();
    this.triples[at] = job;
    this.triples[at + 1] = id;
    this.triples[at + 2] = end;
    return this.count++;
  }

  /** Another pattern of the same id was found: the earlier end counts. */
  lowerEnd(match: number, end: number): void {
    const at = match * MATCH_INTS + 2;
    if (end < this.triples[at]!) this.triples[at] = end;
  }

  private grow(): void {
    const larger = new Uint32Array(2 * this.triples.length);
    larger.set(this.triples);
    this.triples = larger;
  }
}
