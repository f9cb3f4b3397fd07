/** What the application layer reports about sessions: the service `application-layer` of a thread. */
import type { TrackedFile } from './files/tracked-file.js';
import type { FilesToStore, Transaction } from './protocol/transaction.js';
import type { Protocol } from './protocol.js';

/** The application-layer session of a flow, while the flow exists. */
export interface ApplicationSession<T extends Transaction = Transaction> {
  readonly protocol: Protocol<T>;
  readonly flow: number;
  /** Transactions not freed yet, oldest first. */
  readonly transactions: readonly T[];
  /** Protocol state beyond transactions. */
  readonly state: unknown;
  /** Kept by detection: signatures that request storing the files of all its transactions. */
  storesFiles?: FilesToStore;
}

/**
 * Something in a transaction became visible with a packet. Visible data never changes afterwards (a growing body only
 * grows), so a whole batch can be parsed before any of it is inspected.
 *
 * In IDS mode data of one direction is acknowledged by a packet of the other; its update is reported with the next
 * packet of the data's own direction (or the end of the flow), as Suricata inspects.
 */
export interface TransactionUpdate {
  /** Packet on which it is inspected (alerted on, dropped). */
  readonly slot: number;
  readonly session: ApplicationSession;
  readonly transaction: Transaction;
  readonly toServer: boolean;
  /** Progress of that direction at this point. */
  readonly progress: number;
  /** Number of events of the transaction visible at this point. */
  readonly events: number;
  /** Bytes of a growing body (file.data, http.request_body …) visible at this point; -1 without one. */
  readonly bodyLength: number;
  /** The direction is complete: nothing more of it will become visible. */
  readonly complete: boolean;
}

/** A file of a transaction is complete, or will never be complete. */
export interface ClosedFile {
  /** Packet with which it was reported. */
  readonly slot: number;
  readonly session: ApplicationSession;
  readonly transaction: Transaction;
  readonly file: TrackedFile;
  /** What detection recorded for the flow by then: JSON members, empty if nothing. */
  metadata?: string;
}

/** What the `app` module offers to the modules of its thread, as service `application-layer`. */
export interface ApplicationLayer {
  readonly protocols: readonly Protocol[];
  /** Updates of the current batch, in packet order; cleared by the next batch. */
  readonly updates: TransactionUpdate[];
  /** Files closed in the current batch; what detection says about them is known after it has run. */
  readonly closedFiles: readonly ClosedFile[];
  /** Sets the frames that signatures inspect: `PREFIX.NAME`. Sessions that begin from then on have them. */
  useFrames(names: ReadonlySet<string>): void;
  sessionOf(flow: number): ApplicationSession | undefined;
  /** Calls `listener` with each finished transaction, and the slot of the packet that finished it. */
  onFinished?(listener: FinishedListener): void;
}

export type FinishedListener = (slot: number, session: ApplicationSession, transaction: Transaction) => void;
