/** Requirements of `=>`, and restrictions by buffer directions. */
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

type Side = 'to_server' | 'to_client';

/** @throws RuleError if a transactional rule does not use both directions, or another rule does */
export function checkDirections(rule: RuleBuilder): void {
  if (rule.header.direction === '=>') checkTransactional(rule);
  else checkOneWay(rule);
}

function checkTransactional(rule: RuleBuilder): void {
  const wrong = (what: string) => new RuleError(`rule ${rule.sid} ${what}`, rule.at);
  if (rule.flowDirection) throw wrong('means to use both directions, cannot specify a flow direction');
  const sides = new Set<Side>();
  for (const { buffer, direction } of rule.buffers) {
    const known = rule.context.buffers.get(buffer)?.direction ?? direction;
    if (known === 'either' && !direction) {
      throw wrong('means to use both directions, cannot have keywords ambiguous about directions');
    }
    const side = direction ?? known;
    if (side && side !== 'either') sides.add(side);
  }
  if (sides.size < 2 && !rule.unsupported) throw wrong('should use both directions, but does not');
}

/** Buffers and values of a single direction must agree with each other and with `flow`. */
function checkOneWay(rule: RuleBuilder): void {
  const sides = new Set<Side>(rule.flowDirection ? [rule.flowDirection] : []);
  for (const { buffer } of rule.buffers) {
    const side = rule.context.buffers.get(buffer)?.direction;
    if (side && side !== 'either') sides.add(side);
  }
  if (sides.size > 1)
    throw new RuleError(`rule ${rule.sid} mixes keywords with conflicting directions`, rule.at);
}
