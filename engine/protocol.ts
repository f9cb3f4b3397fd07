/**
 * An application protocol, declared in one place: how it is recognised, how its two streams are read, and what it
 * offers to signatures (buffers, values), to `app-layer-event` (events) and to the outputs (its EVE record).
 *
 * `modules/app/NAME.ts` exports one as its default. Keywords of the signature language and EVE records are made
 * from the declaration; nothing else knows the protocol.
 */
import type { Session } from './application/session.js';
import type { Config } from './config/config.js';
import type { Finding } from './config/declared.js';
import type { AnyOption } from './config/option.js';
import type { FrameProtocol } from './frames/frame-protocol.js';
import type { BufferDeclaration, TestDeclaration, ValueDeclaration } from './protocol/keywords.js';
import type { Recognition } from './protocol/recognition.js';
import type { Transaction } from './protocol/transaction.js';

export * from './protocol/keywords.js';
export type * from './protocol/recognition.js';
export * from './protocol/transaction.js';

/** Version of this contract. A protocol made for another one is refused by name. */
export const PROTOCOL_API = 1;

/** A record of a finished transaction for some of the outputs. */
export interface OutputRecord {
  /** Members without braces, as `Protocol.record` gives them. */
  readonly members: string;
  /** Bit i (of 32): the i-th `eve-log` entry that is on has it, see `outputBit`; 0: all have it. */
  readonly outputs: number;
}

/** The part of a declaration that the signature language and detection use. */
export interface Protocol<T extends Transaction = Transaction> {
  /** Given by `defineProtocol`. */
  readonly api?: number;
  /** As in EVE's app_proto and `app-layer-protocol:`: `http`, `dns`, `tls`. */
  readonly name: string;
  /** Protocol names of rules that mean it, when there are others than `name`: `http1`. */
  readonly ruleNames?: readonly string[];
  /**
   * Protocol whose conversations may become this one as they are (see `SessionRequests.become`): it has the same
   * parser, transactions, progress and events, and more to ask them.
   */
  readonly variantOf?: string;
  /** Only where `app-layer.protocols.NAME.enabled` says so. */
  readonly offByDefault?: boolean;
  /** Transports in rules: `alert dns` is both. */
  readonly transports: readonly ('tcp' | 'udp')[];
  /** Names of progress states per direction, for rule hooks; the last one is complete. */
  readonly progressToServer: readonly string[];
  readonly progressToClient: readonly string[];
  /** The state in which a body grows: its hooks are reached with the first of the body. */
  readonly bodyProgress?: number;
  /** States that are no hooks of rules: steps on the way that the protocol alone knows. */
  readonly innerProgress?: readonly string[];
  /** False where the end of a transaction is no reason to inspect the stream at once. */
  readonly flushesStreams?: boolean;
  /** False where the one transaction of a flow is not counted in `app_layer.tx`. */
  readonly countsTransactions?: boolean;
  /**
   * Progress to server and to client from which on data comes of which nothing is told: firewalls judge the transaction
   * with each packet of it all the same.
   */
  readonly untold?: readonly [number, number];
  /** Names of events, without the protocol's prefix. */
  readonly events: readonly string[];
  /** Anomaly records tell them in upper case, as Suricata does for its older protocols. */
  readonly upperCaseEvents?: boolean;
  readonly buffers: readonly BufferDeclaration<T>[];
  readonly values: readonly ValueDeclaration<T>[];
  readonly tests: readonly TestDeclaration<T>[];
  /** What its parser names of the streams (see `Session.frame`), for the keyword `frame` and EVE's frame records. */
  readonly frames?: FrameProtocol;
  /**
   * Members of the EVE record without braces (`"http":{…}`), of a finished transaction or for an alert.
   * @param toServer direction in which an alert was raised; what the other side answered may have been parsed since
   */
  record(transaction: T, forAlert: boolean, settings?: unknown, toServer?: boolean): string;
  /** Records of a finished transaction where outputs differ, or one is not enough. Without it there is `record`. */
  records?(transaction: T, settings: unknown): readonly OutputRecord[];
  /** What records of its files tell of the transaction, where that is less than alerts tell: no bodies. */
  recordOfFile?(transaction: T): string;
  /** Further members that only alerts' records have, without braces: files of a direction, `"alert":{…}`. */
  alertMembers?(transaction: T, toServer: boolean): string;
  /** Whom a proxy asked for, as outputs want it: `"xff":{…}` with an address for each, or nothing. */
  forwardedFor?(transaction: T): string;
  /** What lines of a log of this protocol tell (`http.log`): members of its record, before they are text. */
  lineFields?(transaction: T): Readonly<Record<string, unknown>>;
  /** Fields of a mail's header, for scripts: names as written, values in latin1. */
  mailFields?(transaction: T): readonly { readonly name: string; readonly value: string }[];
  /** Numbers that scripts get beside its record. */
  scriptNumbers?(transaction: T): Readonly<Record<string, number | undefined>>;
  /** Fields of the flow's EVE record, anomaly names … see `events`. Options: `app-layer.protocols.NAME.…`. */
  readonly options?: readonly AnyOption[];
  /** What of the configuration is wrong beyond what its options accept. */
  check?(config: Config): readonly Finding[];

  /** Bytes of a growing body (see `BufferDeclaration.growing`) that are there now; undefined without one. */
  bodyLength?(transaction: T, toServer: boolean): number | undefined;

  readonly recognition: Recognition;
  /**
   * Turns the configuration into settings, for each thread: `Session.settings`. It is called once more when rules are
   * loaded that are the first to ask for something (`askedKeywords`); sessions that are there keep what they have.
   * @param shared what was prepared for all threads (see `Thread.shared`)
   * @param settingsOf the settings that another protocol of this thread has, by its name: what two share is one thing;
   *   undefined where there is no such protocol
   */
  prepare?(
    config: Config,
    shared: Readonly<Record<string, unknown>>,
    settingsOf: (protocol: string) => unknown,
  ): unknown;
  /** Numbers for the statistics that are asked now and then, by the counter's name: what the settings' memory holds. */
  gauges?(settings: unknown): Readonly<Record<string, () => number>>;
  /** Reads what the client sends, as a coroutine over `session.client`; started with the first data. */
  client?(session: Session<T>): Generator<void, void, void>;
  /** Reads what the server sends. */
  server?(session: Session<T>): Generator<void, void, void>;
  /** Reads one datagram, `bytes[start, end)`. */
  datagram?(session: Session<T>, bytes: Uint8Array, start: number, end: number, toServer: boolean): void;
  /** The transaction was told and logged, and is freed: what it took can be given back. */
  release?(transaction: T): void;
  /** The flow ends: last words about transactions that are still open. */
  finish?(session: Session<T>): void;
}

/** The states of protocols that know of nothing between the beginning of a message and its end. */
export const REQUEST_AND_RESPONSE = {
  progressToServer: ['request_started', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
} as const;

/** All that a declaration may leave out, so that declarations are objects of one shape: what asks many is fast. */
const NOTHING_SAID = {
  api: PROTOCOL_API,
  ruleNames: undefined,
  variantOf: undefined,
  offByDefault: undefined,
  bodyProgress: undefined,
  innerProgress: undefined,
  flushesStreams: undefined,
  countsTransactions: undefined,
  untold: undefined,
  upperCaseEvents: undefined,
  frames: undefined,
  records: undefined,
  recordOfFile: undefined,
  alertMembers: undefined,
  forwardedFor: undefined,
  lineFields: undefined,
  mailFields: undefined,
  scriptNumbers: undefined,
  options: undefined,
  check: undefined,
  bodyLength: undefined,
  prepare: undefined,
  gauges: undefined,
  client: undefined,
  server: undefined,
  datagram: undefined,
  release: undefined,
  finish: undefined,
} as const;

/** Gives a protocol's declaration its type. */
export function defineProtocol<T extends Transaction>(protocol: Protocol<T>): Protocol<T> {
  const { name, transports, progressToServer, progressToClient, events } = protocol;
  const { buffers, values, tests, record, recognition } = protocol;
  const said = { name, transports, progressToServer, progressToClient, events };
  return {
    ...{ ...NOTHING_SAID, ...said, buffers, values, tests, record, recognition },
    ...protocol,
  } as Protocol<T>;
}
