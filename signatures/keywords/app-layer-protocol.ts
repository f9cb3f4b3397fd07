/** app-layer-protocol: the detected protocol of the flow. */
import * as Flow from '../../engine/flow/flow-record.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

type Side = 'final' | 'original' | 'either' | 'toserver' | 'toclient' | 'direction';

export interface ApplicationProtocolMatch extends Match {
  readonly kind: 'app-layer-protocol';
  /** As written: names separated by `|`. */
  readonly name: string;
  readonly names: readonly string[];
  /** Only the named protocol, without others that its rules apply to (`dns` for `doh2`). */
  readonly exact: boolean;
  readonly negated: boolean;
  readonly side: Side;
}

/** Store: numbers of application protocols in flows. */
export const APPLICATION_PROTOCOLS = 'application-protocols';

export interface ApplicationProtocols {
  /** Numbers for a protocol name in a rule (`http` may mean two protocols). @param exact no related protocols */
  numbersOf(name: string, exact?: boolean): readonly number[];
}

const EXACT = 'exact';
const SIDES = new Set(['final', 'original', 'either', 'toserver', 'toclient', 'direction']);

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [text = '', ...qualifiers] = argument!.split(',').map(each => each.trim().toLowerCase());
  const negated = text.startsWith('!');
  const name = negated ? text.slice(1).trim() : text;
  const names = name.split('|').map(each => each.trim());
  for (const each of names) requireKnown(rule, each, negated, at);
  if (rule.context.protocols.get(rule.protocol)?.kind === 'application' && !negated) {
    throw new RuleError(`a rule of protocol ${rule.protocol} cannot use app-layer-protocol:${name}`, at);
  }
  const sides = qualifiers.filter(each => each !== EXACT);
  const match: ApplicationProtocolMatch = {
    kind: 'app-layer-protocol',
    name,
    names,
    exact: sides.length < qualifiers.length,
    negated,
    side: sideOf(sides, at),
  };
  requireNoConflict(rule, match, at);
  rule.addCondition(match);
}

function requireKnown(rule: RuleBuilder, name: string, negated: boolean, at: Position): void {
  if (name === 'unknown' && negated) throw new RuleError('app-layer-protocol unknown cannot be negated', at);
  if (name !== 'failed' && name !== 'unknown' && !rule.context.protocols.has(name))
    throw new RuleError(`app-layer-protocol "${name}" is not known`, at);
}

function sideOf(sides: readonly string[], at: Position): Side {
  if (sides.length > 1) throw new RuleError('app-layer-protocol has more than one mode', at);
  const [given = 'direction'] = sides;
  const side = given.replace(/^to_(?=server$|client$)/, 'to');
  if (!SIDES.has(side))
    throw new RuleError(`app-layer-protocol "${given}" is invalid`, at, [...SIDES].join(', '));
  return side as Side;
}

/** For each side a rule may require one protocol, or exclude several. */
function requireNoConflict(rule: RuleBuilder, match: ApplicationProtocolMatch, at: Position): void {
  for (const before of rule.conditions) {
    if (before.kind !== 'app-layer-protocol' || before['side'] !== match.side) continue;
    if (!match.negated || before['negated'] !== match.negated || shares(before, match))
      throw new RuleError(
        "can't mix positive app-layer-protocol match with negated match or match for 'failed'.",
        at,
      );
  }
}

function shares(before: Match, { names }: ApplicationProtocolMatch): boolean {
  return (before as ApplicationProtocolMatch).names.some(name => names.includes(name));
}

export const applicationProtocolKeywords: readonly Keyword[] = [
  {
    name: 'app-layer-protocol',
    family: 'flow',
    summary: 'Application protocol of the flow.',
    grammar:
      '[!]name[|name…] | failed | unknown [, final | original | either | to_server | to_client | direction] [, exact]',
    parse,
  },
];

const FAILED = -1;
const UNKNOWN = 0;
const NUMBERS: Readonly<Record<string, readonly number[]>> = { failed: [FAILED], unknown: [UNKNOWN] };

/** As known at this packet; the original protocol is only in the flow's record. */
function protocolOf(at: Inspection, side: Side): number {
  const state = at.memory.row[at.p + Packet.FLOW_STATE]!;
  const noted = (state & Packet.FLOW_APPLICATION_STORED) !== 0;
  const known = (shift: number, column: number) =>
    noted ? Packet.applicationIn(state, shift) : at.flows.row[at.f + column]!;
  const toServer = side === 'toserver' || (side === 'direction' && at.toServer);
  if (side === 'original') return at.flows.row[at.f + Flow.APP_PROTOCOL_ORIGINAL]!;
  if (side === 'final' || side === 'either') return known(Packet.FLOW_APPLICATION, Flow.APP_PROTOCOL);
  return toServer
    ? known(Packet.FLOW_APPLICATION_TO_SERVER, Flow.APP_PROTOCOL_TO_SERVER)
    : known(Packet.FLOW_APPLICATION_TO_CLIENT, Flow.APP_PROTOCOL_TO_CLIENT);
}

export const applicationProtocolCompilers: readonly MatchCompiler[] = [
  {
    kind: 'app-layer-protocol',
    compile(match, environment) {
      const { names, exact, negated, side } = match as ApplicationProtocolMatch;
      const store = environment.stores.get(APPLICATION_PROTOCOLS) as ApplicationProtocols;
      const wanted = new Set(names.flatMap(name => NUMBERS[name] ?? store.numbersOf(name, exact)));
      // While the protocol is unknown, neither a condition on it nor its negation holds.
      const holds = (seen: number): boolean =>
        (seen !== UNKNOWN || wanted.has(UNKNOWN)) && wanted.has(seen) !== negated;
      return at => {
        if (at.flow < 0) return false;
        if (side !== 'either') return holds(protocolOf(at, side));
        const [toServer, toClient] = [protocolOf(at, 'toserver'), protocolOf(at, 'toclient')];
        if (!negated) return holds(toServer) || holds(toClient);
        const known = toServer !== UNKNOWN || toClient !== UNKNOWN;
        return known && !wanted.has(toServer) && !wanted.has(toClient);
      };
    },
  },
];
