/** Inspection engines of transaction conditions without a buffer: values, tests, events. */
import type { Protocol } from '../../engine/protocol.js';
import type { Match, Signature } from '../signature.js';
import { protocolsOfHeader } from './buffer-engines.js';
import { directionsOf } from './directions.js';

export interface TransactionEngine {
  readonly name: string;
  readonly direction: string;
  readonly is_mpm: false;
  readonly app_proto?: string;
  readonly progress: number | string;
  readonly matches: readonly Match[];
}

export function isEvent({ kind }: Match): boolean {
  return kind === 'app-layer-event' || kind === 'transaction-event';
}

export function isOnTransaction(match: Match): boolean {
  return match.kind.startsWith('protocol-') || isEvent(match);
}

export function transactionEngines(
  signature: Signature,
  protocols: readonly Protocol[],
): TransactionEngine[] {
  return grouped(signature.conditions.filter(isOnTransaction)).flatMap(matches => {
    const [first] = matches;
    if (isEvent(first!)) return eventEngines(signature, matches);
    const engines = first!.kind === 'protocol-value' ? valueEngines : testEngines;
    return ownersOf(first!, signature, protocols).flatMap(protocol => engines(signature, matches, protocol));
  });
}

/** Conditions with the same keyword share an engine. */
function grouped(matches: readonly Match[]): Match[][] {
  const groups = new Map<unknown, Match[]>();
  for (const match of matches) {
    const key = isEvent(match) ? 'event' : match['keyword'];
    groups.set(key, [...(groups.get(key) ?? []), match]);
  }
  return [...groups.values()];
}

/** The protocols that match the rule and declare the keyword. */
function ownersOf(match: Match, signature: Signature, protocols: readonly Protocol[]): readonly Protocol[] {
  const declares = ({ values, tests }: Protocol): boolean =>
    [...values, ...tests].some(({ keyword }) => keyword === match['keyword']);
  const matching = protocolsOfHeader(signature, protocols).filter(declares);
  return matching.length > 0 ? matching : protocols.filter(declares).slice(0, 1);
}

/** Values have an engine named after their keyword. */
function valueEngines(
  signature: Signature,
  matches: readonly Match[],
  protocol: Protocol,
): TransactionEngine[] {
  const declared = protocol.values.find(({ keyword }) => keyword === matches[0]!['keyword'])!;
  return directionsOf(signature, declared.direction).map(direction => ({
    name: declared.keyword,
    direction,
    is_mpm: false,
    app_proto: protocol.name,
    progress: declared.progress,
    matches,
  }));
}

/** Tests of files share an engine; others are named by their protocol's hook: `ftp:request_complete:generic`. */
function testEngines(
  signature: Signature,
  matches: readonly Match[],
  protocol: Protocol,
): TransactionEngine[] {
  const test = protocol.tests.find(({ keyword }) => keyword === matches[0]!['keyword']);
  if (!test) return [];
  return directionsOf(signature, test.direction).map(direction => {
    const names = direction === 'toserver' ? protocol.progressToServer : protocol.progressToClient;
    const state = names[test.progress]!;
    const ofFiles = test.keyword.startsWith('file');
    return {
      name: ofFiles ? 'files' : `${protocol.name}:${state}:generic`,
      direction,
      is_mpm: false,
      app_proto: protocol.name,
      progress: ofFiles ? test.progress : state,
      matches,
    };
  });
}

/** Events are inspected in both directions, unless the rule specifies one. */
function eventEngines(signature: Signature, matches: readonly Match[]): TransactionEngine[] {
  return directionsOf(signature, 'either').map(direction => ({
    name: 'app-layer-events',
    direction,
    is_mpm: false,
    progress: 0,
    matches,
  }));
}
