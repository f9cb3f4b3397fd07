/** What detection keeps with a transaction: what was scanned, and which signatures wait for more of it. */

/** A signature of which some conditions hold already. */
export interface Waiting {
  readonly signature: number;
  /** Direction it is inspected in; a transactional one is inspected in both. */
  readonly toServer: boolean;
  readonly both: boolean;
  /** Conditions that hold, one bit each. */
  met: number;
}

export class DirectionState {
  /** Buffers up to this progress were scanned; -1: none. */
  scanned = -1;
  /** Signatures without a pattern were looked at, those with events up to this number of events. */
  begun = false;
  events = 0;
  /** Streams of the scanner over growing buffers, and how far each has come, by number of the buffer. */
  scanners: number[] | undefined;
  lengths: number[] | undefined;
}

export class TransactionState {
  readonly toServer = new DirectionState();
  readonly toClient = new DirectionState();
  waiting: Waiting[] = [];
  /** Signatures that matched: twice their number, plus one to the client. */
  readonly matched = new Set<number>();

  direction(toServer: boolean): DirectionState {
    return toServer ? this.toServer : this.toClient;
  }
}
