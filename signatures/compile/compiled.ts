/**
 * A signature while a rule set is compiled: what grouping and searching need to know of it, and nothing else, so
 * that the parsed form of 36,000 signatures need not be in memory at the same time.
 */
import { flatText } from '../flat-text.js';
import type { Match, PortSet, Signature } from '../signature.js';
import { fastPatternOf } from './fast-pattern.js';
import { orderOf } from './order.js';
import { reachOf } from './reach.js';
import { isApplicationBuffer, PAYLOAD_BUFFERS, TRANSACTION_KINDS, type Traits } from './traits.js';

/** The content that is searched for. */
export interface SearchedPattern {
  readonly buffer: string;
  readonly transforms: readonly Match[];
  /** Latin-1 text. */
  readonly bytes: string;
  readonly nocase: boolean;
  /** The highest end a match may have in its buffer; 0 when there is no bound. */
  readonly maximumEnd: number;
}

export interface Compiled {
  /** Number in the image: its place in the order of evaluation, once all signatures are known. */
  number: number;
  /** What decides that place. */
  readonly order: readonly number[];
  readonly traits: Traits;
  readonly pattern: SearchedPattern | undefined;
  /** Decoder, stream and engine events lead to it, nothing else. */
  readonly eventOnly: boolean;
  readonly onTransactionEvents: boolean;
  /** Direction that `flow:` asks for. */
  readonly direction: 'to_server' | 'to_client' | undefined;
  readonly arrow: Signature['direction'];
  readonly hook: string | undefined;
  /** It is evaluated by the firewall alone. */
  readonly firewall: boolean;
  readonly source: Signature['source'];
  readonly destination: Signature['destination'];
  readonly sourcePorts: PortSet;
  readonly destinationPorts: PortSet;
  /** Bytes of a stream it must see at once. */
  readonly reach: number;
  readonly onPayload: boolean;
  readonly usesStreamSize: boolean;
  /** It keeps packets from counting for a flow. */
  readonly untracks: boolean;
  /** Buffers of application protocols; keywords of its other conditions on transactions; who else must be meant. */
  readonly buffers: readonly string[];
  readonly keywords: readonly string[];
  readonly protocols: readonly string[];
  /** What its scripts ask for. */
  readonly asks: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * A signature of transactions whose pattern lies in the payload. It is looked for with the patterns of packets and
 * streams, and transactions are inspected for it where it was found.
 */
export function isFoundByPayload(member: Compiled): boolean {
  const { traits, arrow, hook, onTransactionEvents, buffers } = member;
  if (!traits.onTransactions || onTransactionEvents || hook !== undefined || arrow === '=>') return false;
  return payloadPattern(member) !== undefined && !buffers.some(isFrame);
}

/** The pattern that is searched for in the payload, if it is there. */
export function payloadPattern({ pattern }: Compiled): SearchedPattern | undefined {
  return pattern && PAYLOAD_BUFFERS.has(pattern.buffer) && pattern.transforms.length === 0
    ? pattern
    : undefined;
}

/** Prefix of the buffers that are frames. */
export const FRAME = 'frame.';

export function isFrame(buffer: string): boolean {
  return buffer.startsWith(FRAME);
}

function isTracking({ kind, subsystem }: Match): boolean {
  return kind === 'config' && subsystem === 'tracking';
}

export function analyzed(
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
    buffers: orNone(buffers.filter(isApplicationBuffer).map(each => each.buffer)),
    keywords: orNone(conditions.filter(isDeclared).map(match => String(match['keyword']))),
    protocols: orNone(ownersOf(signature)),
    asks: orNone(askedByScripts(signature)),
  };
}

function askedByScripts({ conditions, buffers }: Signature): string[] {
  const asks: string[] = [];
  const note = (match: Match) => {
    if (match.kind === 'lua') asks.push(...(match['asks'] as readonly string[]));
  };
  conditions.forEach(note);
  for (const buffer of buffers) buffer.conditions.forEach(note);
  return asks;
}

/** Values and tests are of all protocols that declare their keyword. */
function isDeclared({ kind }: Match): boolean {
  return kind === 'protocol-value' || kind === 'protocol-test';
}

/** Protocols that other conditions on transactions belong to; those of the older form are about HTTP/1. */
function ownersOf({ conditions, http1Only }: Signature): string[] {
  const owners = conditions
    .filter(match => TRANSACTION_KINDS.has(match.kind) && !isDeclared(match))
    .map(match => String(match['protocol']));
  return http1Only ? [...owners, 'http1'] : owners;
}

/** The same list for all that have nothing in it. */
function orNone(list: string[]): readonly string[] {
  return list.length === 0 ? NONE : list;
}

function searchedPattern(signature: Signature): SearchedPattern | undefined {
  const found = fastPatternOf(signature);
  if (!found) return undefined;
  const { bytes, nocase, maximumEnd, conditions } = found;
  const { buffer, transforms } = conditions;
  return { buffer, transforms, bytes: flatText(bytes), nocase, maximumEnd };
}
