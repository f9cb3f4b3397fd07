/** What `=>` asks for, and what directions of buffers forbid. */
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

/** @throws RuleError when a transactional rule does not use both directions */
export function checkDirections(rule: RuleBuilder): void {
  if (rule.header.direction !== '=>') return;
  const wrong = (what: string) => new RuleError(`rule ${rule.sid} ${what}`, rule.at);
  if (rule.flowDirection) throw wrong('means to use both directions, cannot specify a flow direction');
  let toServer = false;
  let toClient = false;
  for (const { buffer, direction } of rule.buffers) {
    const known = rule.context.buffers.get(buffer)?.direction ?? direction;
    if (known === 'either' && !direction) {
      throw wrong('means to use both directions, cannot have keywords ambiguous about directions');
    }
    if ((direction ?? known) === 'to_server') toServer = true;
    if ((direction ?? known) === 'to_client') toClient = true;
  }
  if (!(toServer && toClient) && !rule.unsupported) throw wrong('should use both directions, but does not');
}
