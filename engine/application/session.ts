/**
 * A conversation as its protocol's parser sees it: two sockets, the transactions it makes, and what it can tell the
 * engine. Everything a parser notes here is seen by detection and outputs in the order of packets.
 */

import type { Conversation } from '../application-layer.js';
import type { FileSettings } from '../files/file-settings.js';
import type { Frame } from '../frames/frame.js';
import type { Frames } from '../frames/frames.js';
import type { FilesToStore, Protocol, Transaction } from '../protocol.js';
import { StreamSocket } from './stream-socket.js';

/** A conversation between the same hosts that will come. */
export interface Announcement {
  /** Name of its protocol. */
  readonly protocol: string;
  /** Port that it goes to, on whichever host. */
  readonly port: number;
  /** Its parser's `Session.inherited`: plain data. */
  readonly detail: unknown;
}

/** What a parser asks of the engine for the rest of the flow. */
export interface SessionRequests {
  /** Go on as this protocol (STARTTLS, CONNECT, Upgrade); '' recognises anew. */
  changeTo: string | undefined;
  /** Go on as this variant of the protocol, with the same parser and transactions. */
  become: string | undefined;
  /** What the parser behind it is told: its `Session.inherited`. */
  handOver: unknown;
  /** Conversations that were agreed upon. */
  expect: Announcement[];
  /** Payload is encrypted: no more inspection of it, or none of the flow at all. */
  stopInspection: 'no' | 'payload' | 'bypass';
  /** Reassembly depth for this flow, bytes (0: no limit); undefined leaves it. */
  streamDepth: number | undefined;
  /** The client has said the last it has to say: what it sent is inspected with its next packet. */
  inspectClient: boolean;
  /** The client's parser waited for what the server's has read: it goes on, and the server's behind it. */
  readClient: boolean;
}

/** Who the two sides are, for parsers whose behaviour depends on it. */
export interface Sides {
  /** Addresses in network byte order, 4 or 16 bytes. */
  readonly clientAddress: Uint8Array;
  readonly serverAddress: Uint8Array;
  readonly clientPort: number;
  readonly serverPort: number;
  /** Data is inspected before it leaves. */
  readonly inline: boolean;
}

/** Limits of sessions; see the options of the `app` module. */
export interface SessionLimits {
  /** Bytes a socket may hold for a read that is not complete. */
  readonly socket: number;
  /** Open transactions; the oldest is completed when there are more. */
  readonly transactions: number;
}

const NOBODY: Sides = {
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
/** Shared by all lists without anything in them, so that quiet conversations have no memory of their own; never written. */
const NOTHING: never[] = [];

/** An array that was pushed to has room for 17: most of these lists never hold more than one. */
function added<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item];
  list.push(item);
  return list;
}

/** One conversation of a protocol, as its parser sees it: the two streams, and what it tells of them. */
export class Session<T extends Transaction = Transaction> implements Conversation<T> {
  /** Those not freed yet, oldest first: always the same array. */
  readonly transactions: T[] = [];
  /** The parser's own state. */
  state: unknown;
  /** What the parser asks of the engine. */
  readonly requests: SessionRequests = {
    changeTo: undefined,
    become: undefined,
    handOver: undefined,
    expect: NOTHING,
    stopInspection: 'no',
    streamDepth: undefined,
    inspectClient: false,
    readClient: false,
  };
  /** The parser gave up: what comes is not looked at any more. */
  failed = false;
  /** Name of the protocol that the flow had before. */
  precededBy: string | undefined;
  /** Time of the packet in hand: seconds, nanoseconds. */
  seconds = 0;
  nanoseconds = 0;
  /** Its frames, where anybody looks at them. */
  frames: Frames | undefined;
  storesFiles?: FilesToStore;
  /** One of the streams ends: the parser hears of it. */
  ending = false;
  /** Transactions whose record can be made although they go on. */
  presentable: T[] = NOTHING;
  /** Transactions that are complete but not freed yet. */
  completed = 0;
  private made = 0;
  /** All transactions before this place are complete. */
  private firstOpen = 0;
  /** Transactions that changed since detection was told, per direction, each once. */
  private changedToServer: T[] = NOTHING;
  private changedToClient: T[] = NOTHING;
  private clientSocket: StreamSocket | undefined;
  private serverSocket: StreamSocket | undefined;

  constructor(
    public protocol: Protocol<T>,
    readonly flow: number,
    /** Settings of the protocol, as its `prepare` made them. */
    readonly settings: unknown,
    private readonly limits: SessionLimits = DEFAULT_LIMITS,
    readonly sides: Sides = NOBODY,
    /** What the parser before it left for this one, where the protocol changed. */
    readonly inherited?: unknown,
  ) {}

  /** What the client sends. Where nobody asks, as in datagrams, there is none. */
  get client(): StreamSocket {
    this.clientSocket ??= new StreamSocket(this.limits.socket);
    return this.clientSocket;
  }

  /** What the server sends. */
  get server(): StreamSocket {
    this.serverSocket ??= new StreamSocket(this.limits.socket);
    return this.serverSocket;
  }

  /** Bytes of one of the streams are missing, and its parser did not go on. */
  get lacksBytes(): boolean {
    return this.clientSocket?.state === 'gap' || this.serverSocket?.state === 'gap';
  }

  /** Number of transactions made so far: the id of the next one. */
  get transactionCount(): number {
    return this.made;
  }

  /** More transactions are open than there should be: all of them are told and freed at once. */
  get crowded(): boolean {
    return this.transactions.length > this.limits.transactions;
  }

  /** Something of it waits to be told with a packet, of this direction or of the other. */
  get hasNews(): boolean {
    const { changedToServer, changedToClient, completed, presentable, frames } = this;
    if (changedToServer.length + changedToClient.length + completed + presentable.length > 0) return true;
    return this.crowded || frames?.pending === true;
  }

  /** Adds a transaction. Its id must be `transactionCount`. */
  begin(transaction: T): T {
    this.made++;
    this.transactions.push(transaction);
    const { progressToServer, progressToClient } = this.protocol;
    if (transaction.progressToClient === progressToClient.length - 1) transaction.absent = 'to_client';
    else if (transaction.progressToServer === progressToServer.length - 1) transaction.absent = 'to_server';
    const surplus = this.transactions.length - 1 - this.limits.transactions;
    if (surplus >= 0) this.complete(this.transactions[surplus]!);
    return transaction;
  }

  /** A direction of the transaction has come to `progress` (an index into the protocol's names), or its body grew. */
  advance(transaction: T, toServer: boolean, progress: number): void {
    const before = this.isComplete(transaction);
    if (toServer) {
      if (progress > transaction.progressToServer) transaction.progressToServer = progress;
    } else if (progress > transaction.progressToClient) transaction.progressToClient = progress;
    this.noteChange(transaction, toServer);
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

  private noteChange(transaction: T, toServer: boolean): void {
    const bit = toServer ? TO_SERVER : TO_CLIENT;
    const changed = transaction.changed ?? 0;
    if ((changed & bit) !== 0) return;
    transaction.changed = changed | bit;
    if (toServer) this.changedToServer = added(this.changedToServer, transaction);
    else this.changedToClient = added(this.changedToClient, transaction);
  }

  /** Transactions that changed in a direction since `forgetChanged`. */
  changed(toServer: boolean): readonly T[] {
    return toServer ? this.changedToServer : this.changedToClient;
  }

  /** They were told, or are not inspected any more. */
  forgetChanged(toServer: boolean): void {
    const changed = this.changed(toServer);
    const bit = toServer ? TO_SERVER : TO_CLIENT;
    for (let i = 0; i < changed.length; i++) changed[i]!.changed! &= ~bit;
    if (toServer) this.changedToServer = NOTHING;
    else this.changedToClient = NOTHING;
  }

  /** All that its record tells is known: it is made now, before the transaction is complete. */
  present(transaction: T): void {
    if (!transaction.logged) this.presentable = added(this.presentable, transaction);
  }

  /** Their records were made. */
  forgetPresentable(): void {
    this.presentable = NOTHING;
  }

  /** The oldest transaction that is not complete. */
  get oldestOpen(): T | undefined {
    const { transactions } = this;
    while (this.firstOpen < transactions.length && this.isComplete(transactions[this.firstOpen]!))
      this.firstOpen++;
    return transactions[this.firstOpen];
  }

  /** Another conversation was agreed upon. */
  expect(announcement: Announcement): void {
    this.requests.expect = added(this.requests.expect, announcement);
  }

  /** Gives up the oldest transaction that is not complete, where there is one. */
  completeOldest(): void {
    const oldest = this.oldestOpen;
    if (oldest) this.complete(oldest);
  }

  /** Frees all transactions but the first ones: the others were moved there. */
  keepFirst(count: number): void {
    this.firstOpen = 0;
    // Setting the length of an array is a call into V8, but gives back its memory; taking one off is not, and does not.
    if (count === 0) this.transactions.length = 0;
    else while (this.transactions.length > count) this.transactions.pop();
  }

  /** A file began: the streams are put together as far as files are followed. */
  followFile({ streamDepth }: Pick<FileSettings, 'streamDepth'>): void {
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
   * Names a stretch of a stream; costs nothing where nobody looks at frames.
   * @param type one of the names the protocol declares in `frames`
   * @param toServer what the client sends
   * @param offset of its first byte, which the parser must take in this run: `StreamSocket.position` before it does.
   * In a datagram it counts from the datagram's first byte
   * @param length in bytes, -1 where it is told later, by `Frame.endAt`
   */
  frame(type: string, toServer: boolean, offset: number, length: number, transaction?: T): Frame | undefined {
    return this.frames?.open(type, toServer, offset, length, transaction);
  }

  /**
   * Raises an event of the protocol on a transaction.
   * @param name as in `Protocol.events`; unknown names are a mistake of the parser and throw
   * @param toServer the direction that it is of, where it is of one alone
   */
  event(transaction: T, name: string, toServer?: boolean): void {
    const index = this.protocol.events.indexOf(name);
    if (index < 0) throw new Error(`protocol ${this.protocol.name} has no event ${name}`);
    if (transaction.events.includes(index)) return;
    transaction.events.push(index);
    if (toServer !== false) this.noteChange(transaction, true);
    if (toServer !== true) this.noteChange(transaction, false);
  }
}
