/** What detection keeps with a transaction: what was scanned, and which signatures wait for more of it. */

import type { Matcher } from '../../engine/matcher.js';
import { GONE, type Renumberings } from './renumbering.js';

/** A signature of which some conditions hold already. */
export interface Waiting {
  signature: number;
  /** Direction it is inspected in; a transactional one is inspected in both. */
  readonly toServer: boolean;
  readonly both: boolean;
  /** Conditions that hold, one bit each. */
  met: number;
}

/** A signature about files that matched: it may match again with files that begin later. */
export interface MatchedFiles {
  readonly signature: number;
  readonly toServer: boolean;
  /** Files of the direction that it needs not look at again. */
  files: number;
}

export class DirectionState {
  /** Progress that was told last; -1: none. */
  told = -1;
  /** Buffers up to this progress were scanned; -1: none. */
  scanned = -1;
  /** Signatures without a pattern were looked at, those with events up to this number of events. */
  begun = false;
  events = 0;
  /** Signatures without a pattern whose header or conditions on the packet did not hold so far. */
  refused: number[] | undefined;
  /** Streams of the scanner over growing buffers, and how far each has come, by number of the buffer. */
  scanners: number[] | undefined;
  lengths: number[] | undefined;

  /** Gives back the scanner's streams over growing buffers: what is scanned from here on begins anew. */
  close(matcher: Pick<Matcher, 'closeStream'>): void {
    for (const scanner of this.scanners ?? []) if (scanner) matcher.closeStream(scanner);
    this.scanners = undefined;
    this.lengths = undefined;
  }

  /** @param numberOf number of a signature now, or GONE */
  renumber(numberOf: (signature: number) => number): void {
    this.refused = this.refused?.map(numberOf).filter(signature => signature !== GONE);
  }
}

const NONE: readonly MatchedFiles[] = [];

export class TransactionState {
  readonly toServer = new DirectionState();
  readonly toClient = new DirectionState();
  waiting: Waiting[] = [];
  /** Signatures that matched: twice their number, plus one to the client. */
  matched: number[] = [];
  matchedFiles: readonly MatchedFiles[] = NONE;
  /** See `Transaction.answerRenewals`. */
  private answerRenewals = 0;
  /** Reload of the rules that the numbers belong to. */
  private generation: number;

  constructor(generation = 0) {
    this.generation = generation;
  }

  isOf(generation: number): boolean {
    return this.generation === generation;
  }

  /** Brings the numbers of signatures up to date. */
  renumber(to: Renumberings): void {
    const from = this.generation;
    const now = (signature: number) => to.since(from, signature);
    this.generation = to.generation;
    this.matched = this.matched.map(key => now(key >> 1) * 2 + (key & 1)).filter(key => key >> 1 !== GONE);
    for (const each of this.waiting) each.signature = now(each.signature);
    this.waiting = this.waiting.filter(each => each.signature !== GONE);
    this.matchedFiles = this.matchedFiles
      .map(each => ({ ...each, signature: now(each.signature) }))
      .filter(({ signature }) => signature !== GONE);
    this.toServer.renumber(now);
    this.toClient.renumber(now);
  }

  /** Where an answer came anew it is looked at from its beginning. */
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
