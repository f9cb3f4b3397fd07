/**
 * A session as its parser sees it: two sockets, the transactions it creates, and its requests to the engine. Detection
 * and outputs see everything a parser records here in packet order.
 */

import type { ApplicationSession } from '../application-layer.js';
import type { FileSettings } from '../files/file-settings.js';
import type { Frame } from '../frames/frame.js';
import type { Frames } from '../frames/frames.js';
import type { FilesToStore, Protocol, Transaction } from '../protocol.js';
import { StreamSocket } from './stream-socket.js';

/** An expected session between the same hosts. */
export interface SessionExpectation {
  /** Name of its protocol. */
  readonly protocol: string;
  /** Its destination port, on either host. */
  readonly port: number;
  /** Its parser's `Session.inherited`: plain data. */
  readonly detail: unknown;
}

/** What a parser requests from the engine for the rest of the flow. */
export interface SessionRequests {
  /** Change to this protocol (STARTTLS, CONNECT, Upgrade); '' restarts recognition. */
  changeTo: string | undefined;
  /** Switch to this variant of the protocol, with the same parser and transactions. */
  changeToVariant: string | undefined;
  /** Passed to the next parser as its `Session.inherited`. */
  nextParserState: unknown;
  /** Negotiated sessions. */
  expectations: SessionExpectation[];
  /** Payload is encrypted: stop inspecting it, or bypass the flow. */
  stopInspection: 'no' | 'payload' | 'bypass';
  /** Reassembly depth for this flow, bytes (0: no limit); undefined: unchanged. */
  streamDepth: number | undefined;
  /** The client has finished sending: its data is inspected with its next packet. */
  inspectClient: boolean;
  /** The client's parser waited for data read by the server's parser: it is resumed, then the server's. */
  resumeClient: boolean;
}

/** The endpoints, for parsers whose behaviour depends on them. */
export interface SessionEndpoints {
  /** Addresses in network byte order, 4 or 16 bytes. */
  readonly clientAddress: Uint8Array;
  readonly serverAddress: Uint8Array;
  readonly clientPort: number;
  readonly serverPort: number;
  /** Data is inspected before it is forwarded. */
  readonly inline: boolean;
}

/** Limits of sessions; see the options of the `app` module. */
export interface SessionLimits {
  /** Bytes a socket may hold for a read that is not complete. */
  readonly socket: number;
  /** Open transactions; beyond this the oldest is completed. */
  readonly transactions: number;
}

const NO_ENDPOINTS: SessionEndpoints = {
  clientAddress: new Uint8Array(4),
  serverAddress: new Uint8Array(4),
  clientPort: 0,
  serverPort: 0,
  inline: false,
};
/** Directions, as bits of `Transaction.changed`. */
const TO_SERVER = 1;
const TO_CLIENT = 2;
const DEFAULT_LIMITS: SessionLimits = { socket: 1 << 20, transactions: 4096 };
/** Shared by all empty lists, so that idle sessions allocate none; never written. */
const EMPTY: never[] = [];

/** The first push to an empty array allocates room for 17: most of these lists never hold more than one. */
function appended<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

/** A session of a protocol, as its parser sees it: the two streams, and what the parser reports about them. */
export class Session<T extends Transaction = Transaction> implements ApplicationSession<T> {
  /** Transactions not freed yet, oldest first: always the same array. */
  readonly transactions: T[] = [];
  /** The parser's own state. */
  state: unknown;
  /** What the parser requests from the engine. */
  readonly requests: SessionRequests = {
    changeTo: undefined,
    changeToVariant: undefined,
    nextParserState: undefined,
    expectations: EMPTY,
    stopInspection: 'no',
    streamDepth: undefined,
    inspectClient: false,
    resumeClient: false,
  };
  /** The parser failed: further data is not parsed. */
  failed = false;
  /** Name of the protocol that the flow had before. */
  previousProtocol: string | undefined;
  /** Time of the current packet: seconds, nanoseconds. */
  seconds = 0;
  nanoseconds = 0;
  /** Its frames, if any consumer uses them. */
  frames: Frames | undefined;
  storesFiles?: FilesToStore;
  /** One of the streams ends: the parser is notified. */
  ending = false;
  /** Transactions whose record can be created although they continue. */
  earlyRecords: T[] = EMPTY;
  /** Transactions that are complete but not freed yet. */
  completed = 0;
  private created = 0;
  /** All transactions before this index are complete. */
  private firstOpen = 0;
  /** Transactions that changed since they were last reported to detection, per direction, each once. */
  private changedToServer: T[] = EMPTY;
  private changedToClient: T[] = EMPTY;
  private clientSocket: StreamSocket | undefined;
  private serverSocket: StreamSocket | undefined;

  constructor(
    public protocol: Protocol<T>,
    readonly flow: number,
    /** Settings of the protocol, as created by its `prepare`. */
    readonly settings: unknown,
    private readonly limits: SessionLimits = DEFAULT_LIMITS,
    readonly endpoints: SessionEndpoints = NO_ENDPOINTS,
    /** Data handed over by the previous parser, after a protocol change. */
    readonly inherited?: unknown,
  ) {}

  /** Stream of the client. Created on first use: none for datagrams. */
  get client(): StreamSocket {
    this.clientSocket ??= new StreamSocket(this.limits.socket);
    return this.clientSocket;
  }

  /** Stream of the server. */
  get server(): StreamSocket {
    this.serverSocket ??= new StreamSocket(this.limits.socket);
    return this.serverSocket;
  }

  /** One of the streams has a gap, and its parser did not resume. */
  get hasGap(): boolean {
    return this.clientSocket?.state === 'gap' || this.serverSocket?.state === 'gap';
  }

  /** Number of transactions made so far: the id of the next one. */
  get transactionCount(): number {
    return this.created;
  }

  /** More transactions are open than the limit: all of them are reported and freed at once. */
  get exceedsLimit(): boolean {
    return this.transactions.length > this.limits.transactions;
  }

  /** Something is pending to be reported with a packet of either direction. */
  get hasUnreported(): boolean {
    const { changedToServer, changedToClient, completed, earlyRecords, frames } = this;
    if (changedToServer.length + changedToClient.length + completed + earlyRecords.length > 0) return true;
    return this.exceedsLimit || frames?.pending === true;
  }

  /** Adds a transaction. Its id must be `transactionCount`. */
  begin(transaction: T): T {
    this.created++;
    this.transactions.push(transaction);
    const { progressToServer, progressToClient } = this.protocol;
    if (transaction.progressToClient === progressToClient.length - 1) transaction.absent = 'to_client';
    else if (transaction.progressToServer === progressToServer.length - 1) transaction.absent = 'to_server';
    const surplus = this.transactions.length - 1 - this.limits.transactions;
    if (surplus >= 0) this.complete(this.transactions[surplus]!);
    return transaction;
  }

  /** A direction of the transaction has reached `progress` (an index into the protocol's names), or its body grew. */
  advance(transaction: T, toServer: boolean, progress: number): void {
    const before = this.isComplete(transaction);
    if (toServer) {
      if (progress > transaction.progressToServer) transaction.progressToServer = progress;
    } else if (progress > transaction.progressToClient) transaction.progressToClient = progress;
    this.markChanged(transaction, toServer);
    if (before || !this.isComplete(transaction)) return;
    this.completed++;
    if (this.ending) transaction.endsWithStream = true;
  }

  /** Both directions are complete: the transaction will be logged and freed. */
  complete(transaction: T): void {
    if (this.isComplete(transaction)) return;
    this.advance(transaction, true, this.protocol.progressToServer.length - 1);
    this.advance(transaction, false, this.protocol.progressToClient.length - 1);
  }

  private markChanged(transaction: T, toServer: boolean): void {
    const bit = toServer ? TO_SERVER : TO_CLIENT;
    const changed = transaction.changed ?? 0;
    if ((changed & bit) !== 0) return;
    transaction.changed = changed | bit;
    if (toServer) this.changedToServer = appended(this.changedToServer, transaction);
    else this.changedToClient = appended(this.changedToClient, transaction);
  }

  /** Transactions that changed in a direction since `clearChanged`. */
  changed(toServer: boolean): readonly T[] {
    return toServer ? this.changedToServer : this.changedToClient;
  }

  /** They were reported, or are no longer inspected. */
  clearChanged(toServer: boolean): void {
    const changed = this.changed(toServer);
    const bit = toServer ? TO_SERVER : TO_CLIENT;
    for (let i = 0; i < changed.length; i++) changed[i]!.changed! &= ~bit;
    if (toServer) this.changedToServer = EMPTY;
    else this.changedToClient = EMPTY;
  }

  /** Everything in its record is known: the record is created now, before the transaction is complete. */
  recordEarly(transaction: T): void {
    if (!transaction.logged) this.earlyRecords = appended(this.earlyRecords, transaction);
  }

  /** Their records were created. */
  clearEarlyRecords(): void {
    this.earlyRecords = EMPTY;
  }

  /** The oldest transaction that is not complete. */
  get oldestOpen(): T | undefined {
    const { transactions } = this;
    while (this.firstOpen < transactions.length && this.isComplete(transactions[this.firstOpen]!))
      this.firstOpen++;
    return transactions[this.firstOpen];
  }

  /** Another session was negotiated. */
  expect(announcement: SessionExpectation): void {
    this.requests.expectations = appended(this.requests.expectations, announcement);
  }

  /** Completes the oldest open transaction, if any. */
  completeOldest(): void {
    const oldest = this.oldestOpen;
    if (oldest) this.complete(oldest);
  }

  /** Truncates the transactions to the first `count`, to which those to keep were moved. */
  truncate(count: number): void {
    this.firstOpen = 0;
    // Setting the length of an array is a call into V8, but frees its memory; `pop` does neither.
    if (count === 0) this.transactions.length = 0;
    else while (this.transactions.length > count) this.transactions.pop();
  }

  /** A file began: the streams are reassembled as far as files are tracked. */
  applyFileDepth({ streamDepth }: Pick<FileSettings, 'streamDepth'>): void {
    if (streamDepth !== undefined) this.requests.streamDepth = streamDepth;
  }

  /** Both directions have reached their last state. */
  isComplete(transaction: T): boolean {
    return (
      transaction.progressToServer >= this.protocol.progressToServer.length - 1 &&
      transaction.progressToClient >= this.protocol.progressToClient.length - 1
    );
  }

  /**
   * Marks a range of a stream as a frame; free if frames are not used.
   * @param type one of the names the protocol declares in `frames`
   * @param toServer true for data of the client
   * @param offset of its first byte, which the parser must read in this run: `StreamSocket.position` before reading it.
   * In a datagram, relative to its first byte
   * @param length in bytes, -1 if it is set later, by `Frame.endAt`
   */
  frame(type: string, toServer: boolean, offset: number, length: number, transaction?: T): Frame | undefined {
    return this.frames?.open(type, toServer, offset, length, transaction);
  }

  /**
   * Raises an event of the protocol on a transaction.
   * @param name as in `Protocol.events`; unknown names are a parser bug and throw
   * @param toServer its direction, if it concerns only one
   */
  event(transaction: T, name: string, toServer?: boolean): void {
    const index = this.protocol.events.indexOf(name);
    if (index < 0) throw new Error(`protocol ${this.protocol.name} has no event ${name}`);
    if (transaction.events.includes(index)) return;
    transaction.events.push(index);
    if (toServer !== false) this.markChanged(transaction, true);
    if (toServer !== true) this.markChanged(transaction, false);
  }
}
