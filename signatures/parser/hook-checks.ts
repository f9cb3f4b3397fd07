/** Which buffers can be used at a hook: those available in its state. */
import { plainHook } from '../firewall/hooks.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';

/** Protocols whose buffers are available exactly in the state that names their hook. */
const EXACT = new Set(['http', 'http1', 'tls', 'ssl']);
/** Exceptions: buffers that grow, or belong to several states. */
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
