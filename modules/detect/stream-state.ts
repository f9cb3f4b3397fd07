/** Detection's state of one direction of a stream. */
import type { DataBeforeGap } from './data-before-gap.js';
import { History, type HistoryPool } from './history.js';
import { NumberList } from './number-list.js';

/**
 * Matches are remembered so that a signature does not match the same bytes twice: at most MAX_MATCHED per direction,
 * and from MANY_MATCHED on only those whose bytes are still kept.
 */
const MANY_MATCHED = 32;
const MAX_MATCHED = 1024;

const NONE: number[] = [];

export class StreamState {
  readonly history = new History();
  /** Stream data shown in alerts, once an output asks for it. */
  alertData: History | undefined;
  /** Stream offset after it. */
  alertDataEnd = 0;
  /** Stream of the matcher, 0 when none is open; and the position up to which it has scanned. */
  scanner = 0;
  /** Its database, by number in the matcher. */
  database = 0;
  scanned = 0;
  /** Where the matcher's stream began. */
  scannedFrom = 0;
  /** Bytes before this position were inspected. */
  inspected = 0;
  /** Inline, number of bytes inspected with a packet, ending with its own; 0 in IDS mode. */
  window = 0;
  /** Inspect with the next packet of this direction, whatever the amount of data. */
  flush = false;
  ended = false;
  /** Candidates, and where their patterns ended. */
  readonly candidates = new NumberList(0);
  readonly ends = new NumberList(0);
  /** Pieces before gaps that wait for inspection, the last one first. */
  beforeGap: DataBeforeGap | undefined;
  private matched = NONE;

  reset(): void {
    this.scanner = 0;
    this.database = 0;
    this.scanned = 0;
    this.scannedFrom = 0;
    this.inspected = 0;
    this.window = 0;
    this.flush = false;
    this.ended = false;
    this.alertData = undefined;
    this.alertDataEnd = 0;
    this.candidates.clear();
    this.ends.clear();
    this.matched = NONE;
    this.beforeGap = undefined;
  }

  /** Pieces before gaps were inspected, or are no longer needed. */
  releaseBeforeGap(pool: HistoryPool): void {
    for (let data = this.beforeGap; data; data = data.older) data.history.release(pool);
    this.beforeGap = undefined;
  }

  /** Position from which a signature may match: after its last match; inline, data in the window matches again. */
  mayMatchFrom(signature: number): number {
    const matched = this.matchedUpTo(signature);
    return this.window > 0 ? Math.max(0, Math.min(matched, this.history.to - this.window)) : matched;
  }

  /** Whether any signature matched in it. */
  get hasMatched(): boolean {
    return this.matched.length > 0;
  }

  /** Adds the signatures whose last match may still be in the window. */
  addMatched(to: NumberList): void {
    const { matched, window, history } = this;
    if (window === 0) return;
    for (let i = 0; i < matched.length; i += 2)
      if (matched[i + 1]! > history.to - window) to.push(matched[i]!);
  }

  /** Position up to which `signature` matched before, 0 when it did not. */
  matchedUpTo(signature: number): number {
    const { matched } = this;
    for (let i = 0; i < matched.length; i += 2) {
      if (matched[i] === signature) return matched[i + 1]!;
    }
    return 0;
  }

  /** Moves the candidates that may still match to another state. */
  moveCandidates(to: StreamState): void {
    for (let i = 0; i < this.candidates.length; i++) {
      to.candidates.push(this.candidates.values[i]!);
      to.ends.push(this.ends.values[i]!);
    }
    this.candidates.clear();
    this.ends.clear();
  }

  /** Copies the matches to another state. */
  moveMatches(to: StreamState): void {
    const { matched } = this;
    this.matched = NONE;
    for (let i = 0; i < matched.length; i += 2)
      to.recordMatch(matched[i]!, Math.max(matched[i + 1]!, to.matchedUpTo(matched[i]!)));
  }

  /** Applies new signature numbers after a reload; removed signatures are forgotten. */
  renumber(numbers: Int32Array): void {
    for (let data = this.beforeGap; data; data = data.older) data.renumber(numbers);
    const { candidates, ends, matched } = this;
    let kept = 0;
    for (let i = 0; i < candidates.length; i++) {
      const number = numbers[candidates.values[i]!]!;
      if (number < 0) continue;
      candidates.values[kept] = number;
      ends.values[kept++] = ends.values[i]!;
    }
    candidates.length = kept;
    ends.length = kept;
    this.matched = NONE;
    for (let i = 0; i < matched.length; i += 2) {
      const number = numbers[matched[i]!]!;
      if (number >= 0) this.recordMatch(number, matched[i + 1]!);
    }
  }

  recordMatch(signature: number, position: number): void {
    const { matched } = this;
    for (let i = 0; i < matched.length; i += 2) {
      if (matched[i] === signature) {
        matched[i + 1] = position;
        return;
      }
    }
    if (matched.length === 0) this.matched = [signature, position];
    else {
      if (matched.length >= 2 * MANY_MATCHED) this.forgetMatches();
      matched.push(signature, position);
    }
  }

  /** Removes matches in data that is no longer kept. */
  private forgetMatches(): void {
    const { matched, history } = this;
    let kept = 0;
    for (let i = 0; i < matched.length; i += 2) {
      if (matched[i + 1]! <= history.from) continue;
      matched[kept++] = matched[i]!;
      matched[kept++] = matched[i + 1]!;
    }
    matched.length = kept;
    if (kept === 2 * MAX_MATCHED) matched.splice(0, 2);
  }
}
