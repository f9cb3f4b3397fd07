/** app-layer-state: progress of the packet's direction in its transaction. */
import type { Keyword } from '../keyword.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

export interface ApplicationStateMatch extends Match {
  readonly kind: 'app-layer-state';
  readonly protocol: string;
  /** State name of the rule's protocol. */
  readonly state: string;
  readonly comparison: '<' | '=' | '>';
}

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const protocol = rule.context.protocols.get(rule.protocol);
  if (protocol?.kind !== 'application')
    throw new RuleError('app-layer-state needs a rule with an application protocol', at, 'alert tls');
  const [, comparison = '=', state = ''] = /^([<>]?)\s*(\S+)$/.exec(argument!) ?? [];
  if (!protocol.hooks.includes(state))
    throw new RuleError(`protocol ${protocol.name} has no state "${state}"`, at, protocol.hooks.join(', '));
  const match: ApplicationStateMatch = {
    kind: 'app-layer-state',
    protocol: protocol.name,
    state,
    comparison: (comparison || '=') as ApplicationStateMatch['comparison'],
  };
  rule.addCondition(match);
}

export const applicationStateKeywords: readonly Keyword[] = [
  {
    name: 'app-layer-state',
    family: 'tx',
    summary: 'State of the transaction in the direction of the packet.',
    grammar: '[<|>]state',
    parse,
  },
];

/** Whether a direction with this `progress` meets the condition on state number `wanted`. */
export function isInState(
  comparison: ApplicationStateMatch['comparison'],
  progress: number,
  wanted: number,
): boolean {
  if (comparison === '<') return progress < wanted;
  return comparison === '>' ? progress > wanted : progress === wanted;
}
