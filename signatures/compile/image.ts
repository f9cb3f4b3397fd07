/**
 * A compiled rule set as all threads share it: typed arrays over shared memory and a few small plain objects, so
 * that it travels by `postMessage` without being copied. Signatures are numbered in the order of evaluation.
 */
import type { MatcherKind } from '../../engine/matcher.js';
import type { FirewallTables } from '../firewall/tables.js';
import type { AddressIndex } from './address-index.js';
import type { AddressTable, PortTable } from './address-sets.js';
import type { CompiledDatabase, PatternTable, SearchTable } from './databases.js';
import { INTS, TEXT_BLOCK, TEXT_LINE } from './header.js';
import type { NamedState } from './named-state.js';
import { type StoredSignature, storedSignature } from './signature-store.js';

export type { StoredSignature } from './signature-store.js';

/** What is looked for in the packets and streams of one port group. Numbers of searches; -1: nothing. */
export interface GroupRules {
  readonly packetSearch: number;
  readonly streamSearch: number;
  /** Signatures without a pattern, looked at for every packet; for every piece of stream. */
  readonly packetAlways: Uint32Array;
  readonly streamAlways: Uint32Array;
  /** Bytes of history that its signatures need; streams are not followed where there is none. */
  readonly reach: number;
}

/** Groups of one direction: keyed by destination port to the server, by source port to the client. */
export interface DirectionRules {
  readonly groupOf: Uint8Array;
  readonly groups: readonly GroupRules[];
}

export interface TransportRules {
  readonly toServer: DirectionRules;
  readonly toClient: DirectionRules;
}

/** One buffer of an application protocol in one direction. */
export interface BufferSearch {
  /** Keyword and transformations, as `bufferKey` writes them. */
  readonly key: string;
  readonly keyword: string;
  readonly transforms: readonly object[];
  readonly progress: number;
  readonly search: number;
  readonly multiple: boolean;
  readonly growing: boolean;
}

/** What is looked for in transactions of one application protocol in one direction. */
export interface ApplicationRules {
  readonly buffers: readonly BufferSearch[];
  /** Signatures without a pattern in a buffer. */
  readonly always: Uint32Array;
  /** Signatures that need an event of the transaction. */
  readonly events: Uint32Array;
}

export interface IpOnlyRules {
  readonly bySource: AddressIndex;
  readonly byDestination: AddressIndex;
  readonly always: Uint32Array;
}

export interface RuleSetImage {
  /** What the databases are for. */
  readonly matcher: MatcherKind;
  readonly count: number;
  readonly header: Int32Array;
  /** Of all signatures, as `SignatureStore` packs it. */
  readonly text: Uint8Array;
  readonly addresses: AddressTable;
  readonly ports: PortTable;
  readonly databases: readonly CompiledDatabase[];
  readonly searches: SearchTable;
  readonly patterns: PatternTable;
  readonly tcp: TransportRules;
  readonly udp: TransportRules;
  readonly other: TransportRules;
  readonly ipOnly: IpOnlyRules;
  /** Signatures that need a decoder or stream event. */
  readonly events: Uint32Array;
  /** Some signature asks for `stream_size`: sequence numbers are followed then. */
  readonly usesStreamSize: boolean;
  /** Signatures that keep packets from counting for a flow. */
  readonly untracking: Uint32Array;
  /** Application protocols by number, and which of them each application set holds (a byte for each, set by set). */
  readonly applicationNames: readonly string[];
  readonly applicationSets: Uint8Array;
  /** Prefixes of reference types, for outputs: `{ cve: 'https://…' }`. */
  readonly referenceSystems: Readonly<Record<string, string>>;
  /** By name of the protocol: to server, to client. */
  readonly applications: Readonly<Record<string, readonly [ApplicationRules, ApplicationRules]>>;
  /** Frames that signatures look at, as `http1.request`. */
  readonly frames: readonly string[];
  /** Present in firewall mode. */
  readonly firewall?: FirewallTables;
  /** See `askedKeywords` of the engine. */
  readonly askedKeywords: readonly string[];
  /** Sets and bits that the rules name. */
  readonly namedState: NamedState;
}

/** The signature with this number, made anew from its text: for the first time it is needed, and for outputs. */
export function signatureAt(image: RuleSetImage, number: number): StoredSignature {
  const h = number * INTS;
  const stored = storedSignature(image.text, image.header[h + TEXT_BLOCK]!, image.header[h + TEXT_LINE]!);
  return { ...stored, index: number };
}
