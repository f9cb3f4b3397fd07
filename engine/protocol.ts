/**
 * An application protocol, declared in one place: how it is recognised, how its two streams are parsed, and what it
 * offers to signatures (buffers, values), to `app-layer-event` (events) and to the outputs (its EVE record).
 *
 * `modules/app/NAME.ts` exports one as its default. Keywords of the signature language and EVE records are derived from
 * the declaration; no other code knows the protocol.
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

/** Version of this API. A protocol made for another version is rejected by name. */
export const PROTOCOL_API = 1;

/** A record of a finished transaction for some of the outputs. */
export interface OutputRecord {
  /** Members without braces, as `Protocol.record` gives them. */
  readonly members: string;
  /** Bit i (of 32): the i-th enabled `eve-log` entry gets it, see `outputBit`; 0: all get it. */
  readonly outputs: number;
}

/** The part of a declaration that the signature language and detection use. */
export interface Protocol<T extends Transaction = Transaction> {
  /** Set by `defineProtocol`. */
  readonly api?: number;
  /** As in EVE's app_proto and `app-layer-protocol:`: `http`, `dns`, `tls`. */
  readonly name: string;
  /** Protocol names in rules that refer to it, other than `name`: `http1`. */
  readonly ruleNames?: readonly string[];
  /**
   * Protocol whose sessions may turn into this one (see `SessionRequests.changeToVariant`): it has the same parser,
   * transactions, progress and events, and additional keywords.
   */
  readonly variantOf?: string;
  /** Enabled only if `app-layer.protocols.NAME.enabled` says so. */
  readonly disabledByDefault?: boolean;
  /** Transports in rules: `alert dns` means both. */
  readonly transports: readonly ('tcp' | 'udp')[];
  /** Names of progress states per direction, for rule hooks; the last one is complete. */
  readonly progressToServer: readonly string[];
  readonly progressToClient: readonly string[];
  /** The state in which a body grows: its hooks are reached with the first byte of the body. */
  readonly bodyProgress?: number;
  /** States that are not rule hooks: intermediate steps known only to the protocol. */
  readonly innerProgress?: readonly string[];
  /** False if the end of a transaction does not trigger immediate inspection of the stream. */
  readonly flushesStreams?: boolean;
  /** False if the single transaction of a flow is not counted in `app_layer.tx`. */
  readonly countsTransactions?: boolean;
  /**
   * Progress to server and to client after which data produces no updates: firewall rules are still evaluated on the
   * transaction with each packet.
   */
  readonly silentAfter?: readonly [number, number];
  /** Names of events, without the protocol's prefix. */
  readonly events: readonly string[];
  /** Anomaly records name them in upper case, as Suricata does for its older protocols. */
  readonly upperCaseEvents?: boolean;
  readonly buffers: readonly BufferDeclaration<T>[];
  readonly values: readonly ValueDeclaration<T>[];
  readonly tests: readonly TestDeclaration<T>[];
  /**
   * Frames that its parser marks in the streams (see `Session.frame`), for the keyword `frame` and EVE's frame records.
   */
  readonly frames?: FrameProtocol;
  /**
   * Members of the EVE record without braces (`"http":{…}`), for a finished transaction or an alert.
   * @param toServer direction in which an alert was raised; the answer of the other side may have been parsed since
   */
  record(transaction: T, forAlert: boolean, settings?: unknown, toServer?: boolean): string;
  /** Records of a finished transaction if outputs differ, or one is not enough. If absent, `record` is used. */
  records?(transaction: T, settings: unknown): readonly OutputRecord[];
  /** Members about the transaction in records of its files, if fewer than in alerts: no bodies. */
  recordOfFile?(transaction: T): string;
  /** Additional members of alert records only, without braces: files of a direction, `"alert":{…}`. */
  alertMembers?(transaction: T, toServer: boolean): string;
  /** Original client behind a proxy, as outputs want it: `"xff":{…}` with an address for each, or nothing. */
  forwardedFor?(transaction: T): string;
  /** Fields for line-based logs of this protocol (`http.log`): members of its record, before serialization. */
  lineFields?(transaction: T): Readonly<Record<string, unknown>>;
  /** Header fields of a mail, for Lua scripts: names as written, values in latin1. */
  mailFields?(transaction: T): readonly { readonly name: string; readonly value: string }[];
  /** Numbers that Lua scripts get in addition to its record. */
  scriptNumbers?(transaction: T): Readonly<Record<string, number | undefined>>;
  /** Fields of the flow's EVE record, anomaly names … see `events`. Options: `app-layer.protocols.NAME.…`. */
  readonly options?: readonly AnyOption[];
  /** Errors in the configuration that the options themselves cannot detect. */
  check?(config: Config): readonly Finding[];

  /** Bytes of a growing body (see `BufferDeclaration.growing`) available now; undefined without one. */
  bodyLength?(transaction: T, toServer: boolean): number | undefined;

  readonly recognition: Recognition;
  /**
   * Turns the configuration into settings, for each thread: `Session.settings`. Called again when newly loaded rules
   * are the first to need something (`usedKeywords`); existing sessions keep their settings.
   * @param shared objects prepared for all threads (see `Thread.shared`)
   * @param settingsOf settings of another protocol of this thread, by name, so that both can share an object; undefined
   * if there is no such protocol
   */
  prepare?(
    config: Config,
    shared: Readonly<Record<string, unknown>>,
    settingsOf: (protocol: string) => unknown,
  ): unknown;
  /** Gauges for the statistics, read periodically, by counter name: memory held by the settings. */
  gauges?(settings: unknown): Readonly<Record<string, () => number>>;
  /** Parses what the client sends, as a coroutine over `session.client`; started with the first data. */
  client?(session: Session<T>): Generator<void, void, void>;
  /** Parses what the server sends. */
  server?(session: Session<T>): Generator<void, void, void>;
  /** Parses one datagram, `bytes[start, end)`. */
  datagram?(session: Session<T>, bytes: Uint8Array, start: number, end: number, toServer: boolean): void;
  /** The transaction was inspected and logged, and is freed: releases the resources it took. */
  release?(transaction: T): void;
  /** The flow ends: finishes transactions that are still open. */
  finish?(session: Session<T>): void;
}

/** Progress states of protocols without states between the beginning and the end of a message. */
export const REQUEST_AND_RESPONSE = {
  progressToServer: ['request_started', 'request_complete'],
  progressToClient: ['response_started', 'response_complete'],
} as const;

/** All optional members, so that declarations have the same object shape: code that reads many of them stays fast. */
const OPTIONAL_MEMBERS = {
  api: PROTOCOL_API,
  ruleNames: undefined,
  variantOf: undefined,
  disabledByDefault: undefined,
  bodyProgress: undefined,
  innerProgress: undefined,
  flushesStreams: undefined,
  countsTransactions: undefined,
  silentAfter: undefined,
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

/** Declares a protocol: checks its type, and adds the version of the API and the optional members. */
export function defineProtocol<T extends Transaction>(protocol: Protocol<T>): Protocol<T> {
  const { name, transports, progressToServer, progressToClient, events } = protocol;
  const { buffers, values, tests, record, recognition } = protocol;
  const required = { name, transports, progressToServer, progressToClient, events };
  return {
    ...{ ...OPTIONAL_MEMBERS, ...required, buffers, values, tests, record, recognition },
    ...protocol,
  } as Protocol<T>;
}
