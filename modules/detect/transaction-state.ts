/** Detection's state of a transaction: what was scanned, and which signatures wait for more of it. */

import type { Matcher } from '../../engine/matcher.js';
import { REMOVED_SIGNATURE, type Renumberings } from './renumbering.js';

/** A signature some of whose conditions already hold. */
export interface Waiting {
  signature: number;
  /** Direction in which it is inspected; a transactional one is inspected in both. */
  readonly toServer: boolean;
  readonly both: boolean;
  /** Conditions that hold, one bit each. */
  satisfied: number;
}

/** A signature about files that matched: it may match again with files that begin later. */
export interface MatchedFiles {
  readonly signature: number;
  readonly toServer: boolean;
  /** Number of files of the direction that need no further inspection. */
  files: number;
}

export class DirectionState {
  /** Last reported progress; -1: none. */
  progress = -1;
  /** Buffers up to this progress were scanned; -1: none. */
  scanned = -1;
  /** Signatures without a pattern were evaluated, those on events up to this number of events. */
  begun = false;
  events = 0;
  /** Signatures without a pattern whose header or packet conditions have not held so far. */
  refused: number[] | undefined;
  /** Matcher streams over growing buffers, and the position of each, by index of the buffer. */
  scanners: number[] | undefined;
  lengths: number[] | undefined;

  /** Releases the matcher streams over growing buffers: later scans start again. */
  close(matcher: Pick<Matcher, 'closeStream'>): void {
    for (const scanner of this.scanners ?? []) if (scanner) matcher.closeStream(scanner);
    this.scanners = undefined;
    this.lengths = undefined;
  }

  /** @param numberOf current number of a signature, or GONE */
  renumber(numberOf: (signature: number) => number): void {
    this.refused = this.refused?.map(numberOf).filter(signature => signature !== REMOVED_SIGNATURE);
  }
}

const NONE: readonly MatchedFiles[] = [];

export class TransactionState {
  readonly toServer = new DirectionState();
  readonly toClient = new DirectionState();
  waiting: Waiting[] = [];
  /** Signatures that matched: twice their number, plus one for to_client. */
  matched: number[] = [];
  matchedFiles: readonly MatchedFiles[] = NONE;
  /** See `Transaction.responseRestarts`. */
  private answerRenewals = 0;
  /** Rule reload that the numbers belong to. */
  private generation: number;

  constructor(generation = 0) {
    this.generation = generation;
  }

  isOf(generation: number): boolean {
    return this.generation === generation;
  }

  /** Updates the signature numbers. */
  renumber(to: Renumberings): void {
    const from = this.generation;
    const now = (signature: number) => to.since(from, signature);
    this.generation = to.generation;
    this.matched = this.matched
      .map(key => now(key >> 1) * 2 + (key & 1))
      .filter(key => key >> 1 !== REMOVED_SIGNATURE);
    for (const each of this.waiting) each.signature = now(each.signature);
    this.waiting = this.waiting.filter(each => each.signature !== REMOVED_SIGNATURE);
    this.matchedFiles = this.matchedFiles
      .map(each => ({ ...each, signature: now(each.signature) }))
      .filter(({ signature }) => signature !== REMOVED_SIGNATURE);
    this.toServer.renumber(now);
    this.toClient.renumber(now);
  }

  /** A renewed answer is inspected from its beginning. */
  noteAnswer(renewals: number): void {
    if (renewals === this.answerRenewals) return;
    this.answerRenewals = renewals;
    this.toClient.scanned = -1;
    this.toClient.begun = false;
  }

  direction(toServer: boolean): DirectionState {
    return toServer ? this.toServer : this.toClient;
  }
}
