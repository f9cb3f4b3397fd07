/**
 * Verdicts that the kernel refused (temporarily out of memory): they are sent again before any later one, which might
 * answer "for all up to here". When there are too many, packets answered by this thread alone are dropped with one
 * verdict.
 */
import {
  VERDICT_ANSWER as ANSWER,
  VERDICT_FLAGS as FLAGS,
  VERDICT_ID as ID,
  VERDICT_INTS,
  VERDICT_UP_TO_HERE,
  VERDICT_WITH_PAYLOAD,
} from '../../engine/native/queue.js';
import { NF_DROP } from './answers.js';
import type { QueueEndpoint } from './driver.js';

/** Default for the maximum number of verdicts kept. */
const MAX_KEPT = 16_384;

export class UnsentVerdicts {
  private rows = new Uint32Array(0);
  private kept = 0;
  /** Number of verdicts given up. */
  lost = 0;

  constructor(
    private readonly end: QueueEndpoint,
    private readonly bytes: Uint8Array,
    private readonly most = MAX_KEPT,
  ) {}

  get count(): number {
    return this.kept;
  }

  /** @returns true when none is left */
  send(): boolean {
    if (this.kept === 0) return true;
    const refused = this.end.send(this.bytes, this.rows, this.kept);
    this.rows.copyWithin(0, (this.kept - refused) * VERDICT_INTS, this.kept * VERDICT_INTS);
    this.kept = refused;
    return refused === 0;
  }

  /** @param mayMerge whether only this thread answers packets of the queue */
  keep(verdicts: Uint32Array, from: number, to: number, mayMerge: boolean): void {
    if (this.rows.length === 0) this.rows = new Uint32Array(this.most * VERDICT_INTS);
    for (let i = from; i < to; i++) {
      if (this.kept < this.most || this.discard(mayMerge)) this.keepOne(verdicts, i * VERDICT_INTS);
      else this.lost++;
    }
  }

  /** The new bytes of a changed packet are gone at the next attempt, and it must not pass unchanged. */
  private keepOne(verdicts: Uint32Array, v: number): void {
    const r = this.kept++ * VERDICT_INTS;
    for (let field = 0; field < VERDICT_INTS; field++) this.rows[r + field] = verdicts[v + field]!;
    if ((this.rows[r + FLAGS]! & VERDICT_WITH_PAYLOAD) === 0) return;
    this.rows[r + FLAGS] = 0;
    this.rows[r + ANSWER] = NF_DROP;
  }

  /** Frees space. @returns false when others answer packets between these */
  private discard(mayMerge: boolean): boolean {
    if (!mayMerge) return false;
    const { rows } = this;
    let last = rows[ID]!;
    for (let i = 1; i < this.kept; i++) {
      const id = rows[i * VERDICT_INTS + ID]!;
      if (((id - last) | 0) > 0) last = id;
    }
    this.lost += this.kept;
    rows.fill(0, 0, VERDICT_INTS);
    rows[ID] = last;
    rows[ANSWER] = NF_DROP;
    rows[FLAGS] = VERDICT_UP_TO_HERE;
    this.kept = 1;
    return true;
  }
}
