/**
 * An application protocol, declared in one place: how it is recognised, how its two streams are read, and what it
 * offers to signatures (buffers, values), to `app-layer-event` (events) and to the outputs (its EVE record).
 *
 * `modules/app/NAME.ts` exports one as its default. Keywords of the signature language and EVE records are made
 * from the declaration; nothing else knows the protocol.
 */
import type { Session } from './application/session.js';
import type { CertificateChain } from './certificate-chain.js';
import type { Config } from './config/config.js';
import type { AnyOption } from './config/option.js';
import type { TrackedFile } from './files/tracked-file.js';
import type { FrameProtocol } from './frames/frame-protocol.js';

/** Version of this contract. A protocol made for another one is refused by name. */
export const PROTOCOL_API = 1;

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
  /** Kept by detections that are code: directions that were told, as bits. */
  toldDirections?: number;
  /** Kept by detection: what was inspected already. */
  detection?: unknown;
  /**
   * The direction that has no part in it: what a server says unasked has no request. Its hooks are not judged. The engine
   * knows it of transactions that begin with that direction complete.
   */
  absent?: 'to_server' | 'to_client';
  /** Kept by detection: names that signatures set on it. */
  bits?: Set<string>;
  /** Files it carries (see `files/tracked-file.ts`), of both directions. */
  files?: TrackedFile[];
  /** Kept by detection: numbers of the signatures that want files of each direction to be stored. */
  storesFiles?: FilesToStore;
  /** What the certificate store keeps of it. */
  readonly certificates?: CertificateChain | undefined;
  /** Kept by the engine: how many of its events were logged as anomalies. */
  loggedEvents?: number;
  /** Kept by detection: how many alerts in the stream were logged with it. */
  guessed?: number;
  /** Kept by the engine: its record was made. */
  logged?: boolean;
}

/** Numbers of the signatures that want files to be stored, by direction. */
export interface FilesToStore {
  readonly toServer: number[];
  readonly toClient: number[];
  /** Of a whole conversation: the first transaction that is meant. */
  readonly from?: number;
}

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

/** A record of a finished transaction for some of the outputs. */
export interface OutputRecord {
  /** Members without braces, as `Protocol.record` gives them. */
  readonly members: string;
  /** Bit i (of 32): the i-th `eve-log` entry that is on has it, see `outputBit`; 0: all have it. */
  readonly outputs: number;
}

export type Direction = 'to_server' | 'to_client' | 'either';

/** How the text of a buffer looks, where it always looks alike: contents that look otherwise could not match. */
export interface TextForm {
  /** Letters are of this case: contents are written in it whatever case the rule has. */
  readonly letters: 'lower' | 'upper';
  /** Characters of the whole text. */
  readonly length?: number;
  /** It is hexadecimal digits, in pairs with colons between them where that is said. */
  readonly pairs: boolean;
}

/** MD5 in hexadecimal digits. */
export const MD5_TEXT: TextForm = { letters: 'lower', length: 32, pairs: false };

/** A sticky buffer: bytes of a transaction under a keyword. */
export interface BufferDeclaration<T extends Transaction = Transaction> {
  /** `http.uri` */
  readonly keyword: string;
  /** Content modifier of old: `http_uri`. */
  readonly modifier?: string;
  /** Other names of the keyword. */
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  /** Progress at which it is complete, per direction it exists in (index into the progress names). */
  readonly progress: number;
  readonly summary: string;
  /** False where the transaction is not of the kind that has it: `absent` does not hold either. All are, by default. */
  applies?(transaction: T, toServer: boolean): boolean;
  /** Several values (headers, names, certificates): each is inspected by itself. */
  readonly multiple?: boolean;
  /** A body that is inspected while it grows, up to its inspection limits. */
  readonly growing?: boolean;
  readonly form?: TextForm;
  /** Path of the option that switches it: where that is `no`, rules that use it are refused. */
  readonly switch?: string;
  /** Other protocols have it too (`file.data`): a rule that uses it is not about this protocol alone. */
  readonly shared?: boolean;
  /**
   * The bytes, or undefined where the transaction has none. A view that stays valid as long as the transaction.
   * @param index number of the value for `multiple` buffers, 0 otherwise
   */
  get(transaction: T, toServer: boolean, index: number): Uint8Array | undefined;
  /** Byte order of its numbers, for `byte_test … dce` and the like; big where nothing is said. */
  littleEndian?(transaction: T, toServer: boolean): boolean;
}

/** A number of a transaction under a keyword, matched with the integer syntax (`<5`, `1-3`, `!2`, names). */
export interface ValueDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly bits: 8 | 16 | 32 | 64;
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** Names that may be written instead of numbers. */
  readonly names?: Readonly<Record<string, number>>;
  /** Both ends of a range belong to it. */
  readonly inclusive?: boolean;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** There may be more values later: a comparison that fails is tried again when there are. */
  readonly growing?: boolean;
  /**
   * All values (multi-integers give several).
   * @param visible what `Protocol.bodyLength` was at the moment of inspection; all is visible when absent
   */
  get(transaction: T, toServer: boolean, visible?: number): readonly number[];
}

/** A keyword with a grammar of its own. */
export interface TestDeclaration<T extends Transaction = Transaction> {
  readonly keyword: string;
  readonly aliases?: readonly string[];
  readonly direction: Direction;
  readonly progress: number;
  readonly summary: string;
  /** See `BufferDeclaration.shared`. */
  readonly shared?: boolean;
  /** It may stand once in a rule. */
  readonly single?: boolean;
  /** It takes no argument. */
  readonly plain?: boolean;
  /**
   * Plain data to be kept with the signature.
   * @param folders that files named in the argument are relative to, in the order in which they are tried
   * @throws Error saying what was expected
   */
  parse(argument: string | undefined, folders?: readonly string[]): unknown;
  matches(transaction: T, toServer: boolean, parsed: unknown): boolean;
}

/** Bytes by which a protocol is recognised at the beginning of a direction. */
export interface RecognitionPattern {
  readonly toServer: boolean;
  /** latin1 text. */
  readonly bytes: string;
  readonly nocase?: boolean;
  /** First place where it may stand, and one behind the last byte it may cover; defaults 0 and offset + length. */
  readonly offset?: number;
  readonly depth?: number;
}

/** What a probing parser says of the first bytes: `more` waits for further data. */
export type ProbeResult = 'yes' | 'no' | 'more' | 'yes-but-reversed';

export interface Recognition {
  readonly patterns?: readonly RecognitionPattern[];
  /** Server ports (`53`, `443`) whose flows are probed, per transport; `app-layer.protocols.NAME.detection-ports.dp` overrides. */
  readonly ports?: { readonly tcp?: readonly number[]; readonly udp?: readonly number[] };
  /** Looks at `bytes[start, end)`, the beginning of one direction. */
  probe?(
    bytes: Uint8Array,
    start: number,
    end: number,
    toServer: boolean,
    transport: 'tcp' | 'udp',
  ): ProbeResult;
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
  /** Further members that only alerts' records have, without braces: files, `"alert":{…}`. */
  alertMembers?(transaction: T): string;
  /** Fields of a mail's header, for scripts: names as written, values in latin1. */
  mailFields?(transaction: T): readonly { readonly name: string; readonly value: string }[];
  /** Fields of the flow's EVE record, anomaly names … see `events`. Options: `app-layer.protocols.NAME.…`. */
  readonly options?: readonly AnyOption[];

  /** Bytes of a growing body (see `BufferDeclaration.growing`) that are there now; undefined without one. */
  bodyLength?(transaction: T, toServer: boolean): number | undefined;

  readonly recognition: Recognition;
  /**
   * Turns the configuration into settings, once a thread: `Session.settings`.
   * @param shared what was prepared for all threads (see `Thread.shared`)
   */
  prepare?(config: Config, shared: Readonly<Record<string, unknown>>): unknown;
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
  alertMembers: undefined,
  options: undefined,
  bodyLength: undefined,
  prepare: undefined,
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
