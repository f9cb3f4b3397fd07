/** The interface of transactions, and base classes for most of them. */
import type { CertificateChain } from '../certificate-chain.js';
import type { TrackedFile } from '../files/tracked-file.js';

/** One request with its response, or any other unit that the protocol exchanges. */
export interface Transaction {
  /** Number in the flow, from 0: EVE's tx_id. */
  readonly id: number;
  /** Progress of each direction: index into the protocol's progress names. Never decreases. */
  progressToServer: number;
  progressToClient: number;
  /** Events raised by the parser: indexes into `Protocol.events`. Append-only. */
  readonly events: number[];
  /** Number shared by a request and its response, if they are separate transactions. */
  readonly exchangeId?: number;
  /** Maintained by the engine: directions that changed since they were last reported, as bits. */
  changed?: number;
  /** Maintained by detections in code: directions that were reported, as bits. */
  reportedDirections?: number;
  /** Maintained by detection: what was already inspected. */
  detection?: unknown;
  /**
   * How often the header of a response was replaced or extended: after an interim response (RFC 9110 section 15.2),
   * with trailers. Each time the response is inspected from its beginning.
   */
  readonly responseRestarts?: number;
  /**
   * The direction that does not exist: an unsolicited server message has no request. Its hooks are not evaluated. The
   * engine derives it for transactions that begin with that direction complete.
   */
  absent?: 'to_server' | 'to_client';
  /** Maintained by detection: names that signatures set on it. */
  bits?: Set<string>;
  /** Files it carries (see `files/tracked-file.ts`), of both directions. */
  files?: TrackedFile[] | undefined;
  /** Maintained by detection: number of files of a direction that are skipped while a signature searches others. */
  skippedFiles?: number;
  /** Maintained by detection: signatures that request storing the files of each direction. */
  storesFiles?: FilesToStore;
  /** Certificates of either side for the certificate store. */
  certificates?(ofClient: boolean): CertificateChain | undefined;
  /** Maintained by the engine: number of its events already logged as anomalies. */
  loggedEvents?: number;
  /** Maintained by detection: number of stream alerts logged with it. */
  streamAlertsLogged?: number;
  /** Maintained by the engine: its record was created. */
  logged?: boolean;
  /** Maintained by the engine: it was completed only by the end of a stream. */
  endsWithStream?: boolean;
}

/**
 * Sids of the signatures that request storing files, by direction: signature numbers change when rules are reloaded.
 */
export interface FilesToStore {
  readonly toServer: number[];
  readonly toClient: number[];
  /** For a whole session: the first transaction concerned. */
  readonly from?: number;
}

// Fields are assigned in constructors: V8 runs initialisers of fields inherited by many classes several times slower,
// and there is one of these objects per message.

/** A transaction with both directions: a request with its response. */
export abstract class TwoSidedTransaction implements Transaction {
  declare readonly id: number;
  declare progressToServer: number;
  declare progressToClient: number;
  declare readonly events: number[];
  declare changed: number;
  declare logged: boolean;
  declare detection: unknown;
  declare files: TrackedFile[] | undefined;

  constructor(id: number) {
    this.id = id;
    this.progressToServer = 0;
    this.progressToClient = 0;
    this.events = [];
    this.changed = 0;
    this.logged = false;
    this.detection = undefined;
    this.files = undefined;
  }

  addFile(file: TrackedFile): void {
    this.files ??= [];
    this.files.push(file);
  }
}

/** A single message. Its direction has two states; the other direction, which waits for nothing, is in the last one. */
export abstract class OneSidedTransaction implements Transaction {
  declare readonly id: number;
  declare readonly toServer: boolean;
  declare readonly events: number[];
  declare progressToServer: number;
  declare progressToClient: number;
  declare changed: number;
  declare logged: boolean;
  declare detection: unknown;

  /** @param toServer direction in which it is sent */
  constructor(id: number, toServer: boolean, events: number[] = []) {
    this.id = id;
    this.toServer = toServer;
    this.events = events;
    this.progressToServer = toServer ? 0 : 1;
    this.progressToClient = toServer ? 1 : 0;
    this.changed = 0;
    this.logged = false;
    this.detection = undefined;
  }
}
