/** What a protocol's conversations consist of: the contract of a transaction, and what most transactions begin as. */
import type { CertificateChain } from '../certificate-chain.js';
import type { TrackedFile } from '../files/tracked-file.js';

/** One request with its response, or whatever else the protocol exchanges as a unit. */
export interface Transaction {
  /** Number in the flow, from 0: EVE's tx_id. */
  readonly id: number;
  /** How far each direction has come: index into the protocol's progress names. Only ever grows. */
  progressToServer: number;
  progressToClient: number;
  /** Events raised while it was parsed: indexes into `Protocol.events`. Only ever grows. */
  readonly events: number[];
  /** Number that a request and its answer share, where they are transactions of their own. */
  readonly exchange?: number;
  /** Kept by the engine: directions in which it changed since they were told, as bits. */
  changed?: number;
  /** Kept by detections that are code: directions that were told, as bits. */
  toldDirections?: number;
  /** Kept by detection: what was inspected already. */
  detection?: unknown;
  /**
   * How often the header of an answer came anew or got more: behind an interim answer (RFC 9110 section 15.2), with
   * trailers. Each time the answer is inspected from its beginning.
   */
  readonly answerRenewals?: number;
  /**
   * The direction that has no part in it: what a server says unasked has no request. Its hooks are not judged. The engine
   * knows it of transactions that begin with that direction complete.
   */
  absent?: 'to_server' | 'to_client';
  /** Kept by detection: names that signatures set on it. */
  bits?: Set<string>;
  /** Files it carries (see `files/tracked-file.ts`), of both directions. */
  files?: TrackedFile[] | undefined;
  /** Kept by detection: so many files of a direction are not asked any more, while one signature looks for others. */
  filesBefore?: number;
  /** Kept by detection: signatures that want files of each direction to be stored. */
  storesFiles?: FilesToStore;
  /** What the certificate store keeps of either side. */
  certificates?(ofClient: boolean): CertificateChain | undefined;
  /** Kept by the engine: how many of its events were logged as anomalies. */
  loggedEvents?: number;
  /** Kept by detection: how many alerts in the stream were logged with it. */
  guessed?: number;
  /** Kept by the engine: its record was made. */
  logged?: boolean;
  /** Kept by the engine: nothing but the end of a stream completed it. */
  endsWithStream?: boolean;
}

/** Sids of the signatures that want files to be stored, by direction: their numbers are others when rules are reloaded. */
export interface FilesToStore {
  readonly toServer: number[];
  readonly toClient: number[];
  /** Of a whole conversation: the first transaction that is meant. */
  readonly from?: number;
}

// Fields are given their values in constructors: V8 runs initialisers of fields that many classes inherit several
// times slower, and there is one of these objects for each message.

/** What both sides have a part in: a request with its response. */
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

/** A message that stands for itself. It has two states, and the other direction, which has nothing to wait for, the last. */
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
