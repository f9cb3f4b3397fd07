/** app-layer-protocol: what the protocol of the flow was recognised as. */
import * as Flow from '../../engine/flow-record.js';
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword, MatchCompiler } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

type Side = 'final' | 'original' | 'either' | 'toserver' | 'toclient' | 'direction';

export interface ApplicationProtocolMatch extends Match {
  readonly kind: 'app-layer-protocol';
  readonly name: string;
  readonly negated: boolean;
  readonly side: Side;
}

/** Store: numbers of application protocols as flows know them. */
export const APPLICATION_PROTOCOLS = 'application-protocols';

export interface ApplicationProtocols {
  /** Numbers that a name of a rule stands for (`http` may mean two protocols). */
  numbersOf(name: string): readonly number[];
}

const SIDES = new Set(['final', 'original', 'either', 'toserver', 'toclient', 'direction']);

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [text = '', given = 'direction'] = argument!.split(',').map(each => each.trim().toLowerCase());
  const side = given.replace(/^to_(?=server$|client$)/, 'to');
  const negated = text.startsWith('!');
  const name = negated ? text.slice(1).trim() : text;
  if (!SIDES.has(side))
    throw new RuleError(`app-layer-protocol "${given}" is invalid`, at, [...SIDES].join(', '));
  if (name !== 'failed' && name !== 'unknown' && !rule.context.protocols.has(name)) {
    throw new RuleError(`app-layer-protocol "${name}" is not known`, at);
  }
  if (rule.context.protocols.get(rule.protocol)?.kind === 'application' && !negated) {
    throw new RuleError(`a rule of protocol ${rule.protocol} cannot use app-layer-protocol:${name}`, at);
  }
  const match: ApplicationProtocolMatch = { kind: 'app-layer-protocol', name, negated, side: side as Side };
  requireNoConflict(rule, match, at);
  rule.addCondition(match);
}

/** Of one side a rule may say one thing, or several that it is not. */
function requireNoConflict(rule: RuleBuilder, match: ApplicationProtocolMatch, at: Position): void {
  for (const before of rule.conditions) {
    if (before.kind !== 'app-layer-protocol' || before['side'] !== match.side) continue;
    if (!match.negated || before['negated'] !== match.negated || before['name'] === match.name)
      throw new RuleError(
        "can't mix positive app-layer-protocol match with negated match or match for 'failed'.",
        at,
      );
  }
}

export const applicationProtocolKeywords: readonly Keyword[] = [
  {
    name: 'app-layer-protocol',
    family: 'flow',
    summary: 'The application protocol of the flow.',
    grammar: '[!]name | failed | unknown [, final | original | either | toserver | toclient | direction]',
    parse,
  },
];

const FAILED = -1;
const UNKNOWN = 0;

/** What was known with the packet; the original is only in the flow's record. */
function protocolOf(at: Inspection, side: Side): number {
  const state = at.memory.row[at.p + Packet.FLOW_STATE]!;
  const noted = (state & Packet.FLOW_APPLICATION_NOTED) !== 0;
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
      const { name, negated, side } = match as ApplicationProtocolMatch;
      const store = environment.stores.get(APPLICATION_PROTOCOLS) as ApplicationProtocols;
      const wanted = name === 'failed' ? [FAILED] : name === 'unknown' ? [UNKNOWN] : store.numbersOf(name);
      return at => {
        if (at.flow < 0) return false;
        if (side === 'either') {
          const found =
            wanted.includes(protocolOf(at, 'toserver')) || wanted.includes(protocolOf(at, 'toclient'));
          return found !== negated;
        }
        const seen = protocolOf(at, side);
        // Nothing is said about a protocol while it is not known.
        if (seen === UNKNOWN && name !== 'unknown') return false;
        return wanted.includes(seen) !== negated;
      };
    },
  },
];
