/**
 * A signature during compilation: only what grouping and searching need, so that the parsed forms of 36,000 signatures
 * are not in memory at the same time.
 */
import { flatText } from '../flat-text.js';
import type { Match, PortSet, Signature } from '../signature.js';
import { fastPatternOf } from './fast-pattern.js';
import { orderOf } from './order.js';
import { reachOf } from './reach.js';
import { isApplicationBuffer, PAYLOAD_BUFFERS, TRANSACTION_KINDS, type Traits } from './traits.js';

/** The content used as search pattern. */
export interface SearchedPattern {
  readonly buffer: string;
  readonly transforms: readonly Match[];
  /** Latin-1 text. */
  readonly bytes: string;
  readonly nocase: boolean;
  /** The maximum end offset of a match in its buffer; 0 if unbounded. */
  readonly maximumEnd: number;
}

export interface Compiled {
  /** Number in the image: its position in evaluation order, once all signatures are known. */
  number: number;
  /** Sort key of that position. */
  readonly order: readonly number[];
  readonly traits: Traits;
  readonly pattern: SearchedPattern | undefined;
  /** Only decoder, stream and engine events make it a candidate. */
  readonly eventOnly: boolean;
  readonly onTransactionEvents: boolean;
  /** Direction required by `flow:`. */
  readonly direction: 'to_server' | 'to_client' | undefined;
  readonly arrow: Signature['direction'];
  readonly hook: string | undefined;
  /** Evaluated only by the firewall. */
  readonly firewall: boolean;
  readonly source: Signature['source'];
  readonly destination: Signature['destination'];
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  /** Bytes of a stream it must see at once. */
  readonly reach: number;
  readonly onPayload: boolean;
  readonly usesStreamSize: boolean;
  /** It excludes packets from the flow's counters. */
  readonly untracks: boolean;
  /**
   * Buffers of application protocols; keywords of its other transaction conditions; protocols that must provide them.
   */
  readonly buffers: readonly string[];
  readonly keywords: readonly string[];
  readonly protocols: readonly string[];
  /** Keywords requested by its scripts. */
  readonly asks: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * A signature on transactions whose pattern is in the payload. It is searched for with the patterns of packets and
 * streams; transactions are inspected for it where the pattern was found.
 */
export function isFoundByPayload(member: Compiled): boolean {
  const { traits, arrow, hook, onTransactionEvents, buffers } = member;
  if (!traits.onTransactions || onTransactionEvents || hook !== undefined || arrow === '=>') return false;
  return payloadPattern(member) !== undefined && !buffers.some(isFrame);
}

/** The pattern that is searched for in the payload, if any. */
export function payloadPattern({ pattern }: Compiled): SearchedPattern | undefined {
  return pattern && PAYLOAD_BUFFERS.has(pattern.buffer) && pattern.transforms.length === 0
    ? pattern
    : undefined;
}

/** Prefix of frame buffers. */
export const FRAME = 'frame.';

export function isFrame(buffer: string): boolean {
  return buffer.startsWith(FRAME);
}

function isTracking({ kind, subsystem }: Match): boolean {
  return kind === 'config' && subsystem === 'tracking';
}

export function compiledForm(
  signature: Signature,
  traits: Traits,
  actionOrder: readonly string[],
  searched: boolean,
): Compiled {
  const { conditions, buffers } = signature;
  const flow = conditions.find(match => match.kind === 'flow' && match['direction'] !== undefined);
  const kinds = new Set(conditions.map(match => match.kind));
  return {
    number: -1,
    order: orderOf(signature, actionOrder),
    traits,
    pattern: searched ? searchedPattern(signature) : undefined,
    eventOnly: kinds.has('decode-event') || kinds.has('stream-event') || kinds.has('engine-event'),
    onTransactionEvents: kinds.has('transaction-event'),
    direction: flow?.['direction'] as Compiled['direction'],
    arrow: signature.direction,
    hook: signature.hook,
    firewall: signature.firewall === true,
    source: signature.source,
    destination: signature.destination,
    sourcePorts: signature.sourcePorts,
    destinationPorts: signature.destinationPorts,
    reach: reachOf(signature),
    onPayload: buffers.some(each => PAYLOAD_BUFFERS.has(each.buffer)),
    usesStreamSize: kinds.has('stream_size'),
    untracks: signature.hook === 'pre_flow' && signature.effects.some(isTracking),
    buffers: sharedIfEmpty(buffers.filter(isApplicationBuffer).map(each => each.buffer)),
    keywords: sharedIfEmpty(conditions.filter(isDeclared).map(match => String(match['keyword']))),
    protocols: sharedIfEmpty(ownersOf(signature)),
    asks: sharedIfEmpty(requestedByScripts(signature)),
  };
}

function requestedByScripts({ conditions, buffers }: Signature): string[] {
  const asks: string[] = [];
  const note = (match: Match) => {
    if (match.kind === 'lua') asks.push(...(match['asks'] as readonly string[]));
  };
  conditions.forEach(note);
  for (const buffer of buffers) buffer.conditions.forEach(note);
  return asks;
}

/** Values and tests belong to all protocols that declare their keyword. */
function isDeclared({ kind }: Match): boolean {
  return kind === 'protocol-value' || kind === 'protocol-test';
}

/** Protocols to which other transaction conditions belong; old-style keywords are specific to HTTP/1. */
function ownersOf({ conditions, http1Only }: Signature): string[] {
  const owners = conditions
    .filter(match => TRANSACTION_KINDS.has(match.kind) && !isDeclared(match))
    .map(match => String(match['protocol']));
  return http1Only ? [...owners, 'http1'] : owners;
}

/** Shares one list object for all empty lists. */
function sharedIfEmpty(list: string[]): readonly string[] {
  return list.length === 0 ? NONE : list;
}

function searchedPattern(signature: Signature): SearchedPattern | undefined {
  const found = fastPatternOf(signature);
  if (!found) return undefined;
  const { bytes, nocase, maximumEnd, conditions } = found;
  const { buffer, transforms } = conditions;
  return { buffer, transforms, bytes: flatText(bytes), nocase, maximumEnd };
}
