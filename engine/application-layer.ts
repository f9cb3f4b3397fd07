/** What is told of conversations of application protocols: the service `application-layer` of a thread. */
import type { TrackedFile } from './files/tracked-file.js';
import type { FilesToStore, Transaction } from './protocol/transaction.js';
import type { Protocol } from './protocol.js';

/** What the conversation of a flow is, while it lives. */
export interface Conversation<T extends Transaction = Transaction> {
  readonly protocol: Protocol<T>;
  readonly flow: number;
  /** Transactions not freed yet, oldest first. */
  readonly transactions: readonly T[];
  /** Protocol state beyond transactions. */
  readonly state: unknown;
  /** Kept by detection: signatures that want the files of all its transactions to be stored. */
  storesFiles?: FilesToStore;
}

/**
 * Something became visible in a transaction with a packet. What is visible never changes afterwards (a growing body
 * only grows), so a whole batch can be parsed before any of it is inspected.
 *
 * In after-the-fact mode data of one direction is acknowledged by a packet of the other; its update is told with the
 * next packet of the data's own direction (or the end of the flow), as Suricata inspects.
 */
export interface TransactionUpdate {
  /** Packet that is inspected (and alerted on, and dropped). */
  readonly slot: number;
  readonly conversation: Conversation;
  readonly transaction: Transaction;
  readonly toServer: boolean;
  /** Progress of that direction at this moment. */
  readonly progress: number;
  /** How many events of the transaction are visible at this moment. */
  readonly events: number;
  /** Bytes of a growing body (file.data, http.request_body …) visible at this moment; -1 without one. */
  readonly bodyLength: number;
  /** The direction is complete: nothing of it will become visible any more. */
  readonly complete: boolean;
}

/** A file of a transaction is complete, or will never be. */
export interface ClosedFile {
  /** Packet with which it was told. */
  readonly slot: number;
  readonly conversation: Conversation;
  readonly transaction: Transaction;
  readonly file: TrackedFile;
  /** What detection noted of the flow by then: JSON members, empty when there is nothing. */
  noted?: string;
}

/** What the `app` module offers to the modules of its thread, as service `application-layer`. */
export interface ApplicationLayer {
  readonly protocols: readonly Protocol[];
  /** Updates of the batch in hand, in packet order; emptied by the next batch. */
  readonly updates: TransactionUpdate[];
  /** Files closed in the batch in hand; what detection says of them is known behind it. */
  readonly closedFiles: readonly ClosedFile[];
  /** Names what frames signatures look at: `PREFIX.NAME`. Conversations that begin from then on have them. */
  useFrames(names: ReadonlySet<string>): void;
  conversation(flow: number): Conversation | undefined;
  /** Calls `listener` with each transaction that is over, and the slot of the packet with which it was. */
  onFinished?(listener: FinishedListener): void;
}

export type FinishedListener = (slot: number, conversation: Conversation, transaction: Transaction) => void;
