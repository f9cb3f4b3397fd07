/** What can be asked for at a hook: buffers that become known with it. */
import { plainHook } from '../firewall/hooks.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

/** Protocols whose buffers are known with exactly the state that their hook is named by. */
const EXACT = new Set(['http', 'http1', 'tls', 'ssl']);
/** Of their buffers those that grow, or are of several states. */
const LOOSE = /^file\.|^tls\.random/;

/** @throws RuleError */
export function checkHook(rule: RuleBuilder): void {
  const { hook } = rule.header;
  if (hook !== undefined && EXACT.has(rule.protocol)) requireAtHook(rule, plainHook(hook));
}

function requireAtHook(rule: RuleBuilder, hook: string): void {
  const point = rule.context.protocols.get(rule.protocol)?.points?.get(hook);
  if (!point) return;
  for (const { buffer, at } of rule.buffers) {
    const known = rule.context.buffers.get(buffer);
    if (known?.progress === undefined || LOOSE.test(buffer)) continue;
    const { direction, progress } = known;
    const sameSide = direction === 'either' || (direction === 'to_server') === point.toServer;
    if (!sameSide || progress !== point.progress)
      throw new RuleError(`rule ${rule.sid}: ${buffer} is not available at the hook ${hook}`, at);
  }
}
