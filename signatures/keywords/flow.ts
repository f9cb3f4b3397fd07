/** flow: required direction and state of the packet's flow. */

import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

export interface FlowMatch extends Match {
  readonly kind: 'flow';
  readonly direction?: 'to_server' | 'to_client';
  readonly state?: 'established' | 'not_established' | 'stateless';
  readonly stream?: 'only_stream' | 'no_stream';
  readonly fragment?: 'only_frag' | 'no_frag';
}

type Aspect = 'direction' | 'state' | 'stream' | 'fragment';

const OPTIONS: Readonly<Record<string, readonly [Aspect, string]>> = {
  to_server: ['direction', 'to_server'],
  toserver: ['direction', 'to_server'],
  from_client: ['direction', 'to_server'],
  to_client: ['direction', 'to_client'],
  toclient: ['direction', 'to_client'],
  from_server: ['direction', 'to_client'],
  established: ['state', 'established'],
  not_established: ['state', 'not_established'],
  stateless: ['state', 'stateless'],
  only_stream: ['stream', 'only_stream'],
  no_stream: ['stream', 'no_stream'],
  only_frag: ['fragment', 'only_frag'],
  no_frag: ['fragment', 'no_frag'],
};

function parseFlow(argument: string, at: Position): FlowMatch {
  const match: Record<string, string> = {};
  for (const word of argument.split(',').map(each => each.trim().toLowerCase())) {
    const option = Object.hasOwn(OPTIONS, word) ? OPTIONS[word] : undefined;
    if (!option) throw new RuleError(`invalid flow option "${word}"`, at, Object.keys(OPTIONS).join(', '));
    const [aspect, value] = option;
    if (match[aspect] !== undefined) {
      throw new RuleError(`flow option ${word} cannot be combined with ${match[aspect]}`, at);
    }
    match[aspect] = value;
  }
  return { kind: 'flow', ...match } as FlowMatch;
}

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  if (!rule.once('flow')) throw new RuleError('flow can be used only once in a rule', at);
  const match = parseFlow(argument!, at);
  if (match.direction) rule.flowDirection = match.direction;
  rule.addCondition(match);
}

export const flowKeywords: readonly Keyword[] = [
  {
    name: 'flow',
    family: 'flow',
    summary: 'Direction and state of the flow.',
    grammar:
      'established | not_established | stateless, to_server | to_client, only_stream | no_stream, only_frag | no_frag',
    parse,
  },
];

/**
 * Direction, state and fragments are header conditions, which are tested first; streams determine where the payload is
 * inspected. Only a signature without payload still has to test that its packet is part of a stream.
 */
export const flowCompilers: readonly MatchCompiler[] = [
  {
    kind: 'flow',
    compile(match) {
      const { direction } = match as FlowMatch;
      if (!direction) return () => true;
      const toServer = direction === 'to_server';
      return at =>
        at.flow >= 0 &&
        at.toServer === toServer &&
        at.memory.row[at.p + Packet.PSEUDO] !== Packet.PSEUDO_EVENT;
    },
  },
];
