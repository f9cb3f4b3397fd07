/**
 * A compiled rule set as shared by all threads: typed arrays in shared memory and a few small plain objects, so that it
 * can be sent by `postMessage` without copying. Signatures are numbered in evaluation order.
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

/** Rules for the packets and streams of one port group. Fields contain search numbers; -1: none. */
export interface GroupRules {
  readonly packetSearch: number;
  readonly streamSearch: number;
  /** Signatures without a pattern, evaluated for every packet; for every piece of stream. */
  readonly packetAlways: Uint32Array;
  readonly streamAlways: Uint32Array;
  /** Stream history in bytes that its signatures need; without any, streams are not followed. */
  readonly reach: number;
}

/** Port groups of one direction: by destination port to server, by source port to client. */
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
  /** Keyword and transforms, in the form of `bufferKey`. */
  readonly key: string;
  readonly keyword: string;
  readonly transforms: readonly object[];
  readonly progress: number;
  readonly search: number;
  readonly multiple: boolean;
  readonly growing: boolean;
}

/** Rules for transactions of one application protocol in one direction. */
export interface ApplicationRules {
  readonly buffers: readonly BufferSearch[];
  /** Signatures without a pattern in a buffer. */
  readonly always: Uint32Array;
  /** Signatures that require a transaction event. */
  readonly events: Uint32Array;
}

export interface IpOnlyRules {
  readonly bySource: AddressIndex;
  readonly byDestination: AddressIndex;
  readonly always: Uint32Array;
}

export interface RuleSetImage {
  /** The matcher for which the databases were compiled. */
  readonly matcher: MatcherKind;
  readonly count: number;
  readonly header: Int32Array;
  /** Texts of all signatures, packed by `SignatureStore`. */
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
  /** Signatures that require a decoder or stream event. */
  readonly events: Uint32Array;
  /** A signature uses `stream_size`: sequence numbers are tracked. */
  readonly usesStreamSize: boolean;
  /** Signatures that exclude packets from flow counters. */
  readonly untracking: Uint32Array;
  /** Application protocols by number, and membership in each application set (one byte per protocol, set by set). */
  readonly applicationNames: readonly string[];
  readonly applicationSets: Uint8Array;
  /** Prefixes of reference types, for outputs: `{ cve: 'https://…' }`. */
  readonly referenceSystems: Readonly<Record<string, string>>;
  /** By protocol name: to server, to client. */
  readonly applications: Readonly<Record<string, readonly [ApplicationRules, ApplicationRules]>>;
  /** Frames inspected by signatures, as `http1.request`. */
  readonly frames: readonly string[];
  /** Present in firewall mode. */
  readonly firewall?: FirewallTables;
  /** See `usedKeywords` of the engine. */
  readonly usedKeywords: readonly string[];
  /** Datasets and bits named in rules. */
  readonly namedState: NamedState;
}

/** The signature with this number, parsed from its stored text: on its first use, and for outputs. */
export function signatureAt(image: RuleSetImage, number: number): StoredSignature {
  const h = number * INTS;
  const stored = storedSignature(image.text, image.header[h + TEXT_BLOCK]!, image.header[h + TEXT_LINE]!);
  return { ...stored, index: number };
}
