/** Requirements that only firewall rules have: action with scope, and hook. */
import type { Header } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Action, ActionScope, Position } from '../signature.js';
import { isPacketHook } from './hooks.js';

/** Scopes of the actions of firewall rules and default policies, for packets and for application protocols. */
const SCOPES: Readonly<Partial<Record<Action, { packet: ActionScope[]; app: ActionScope[] }>>> = {
  accept: { packet: ['hook', 'packet', 'flow'], app: ['hook', 'packet', 'flow', 'tx'] },
  drop: { packet: ['packet', 'flow'], app: ['packet', 'flow'] },
  reject: { packet: ['packet', 'flow'], app: ['packet', 'flow'] },
};

/** @returns what was expected if the action is not possible there; else undefined */
export function wrongAction(
  action: Action,
  scope: ActionScope | undefined,
  at: 'packet' | 'app',
): string | undefined {
  const scopes = SCOPES[action]?.[at];
  if (!scopes) return `one of ${Object.keys(SCOPES).join(', ')}`;
  if (scope !== undefined && scopes.includes(scope)) return undefined;
  return `one of ${scopes.map(each => `${action}:${each}`).join(', ')}`;
}

/** @throws RuleError */
export function checkFirewallHeader(header: Header, at: Position): void {
  const { action, scope, hook, protocol } = header;
  if (hook === undefined)
    throw new RuleError('a firewall rule must name its hook', at, `${protocol}:all, http1:request_line`);
  const layer = isPacketHook(hook) ? 'packet' : 'app';
  const expected = wrongAction(action, scope, layer);
  if (expected !== undefined) {
    const given = scope === undefined ? action : `${action}:${scope}`;
    throw new RuleError(`action "${given}" is not allowed in a firewall rule of this hook`, at, expected);
  }
  if (hook === 'pre_flow' && scope === 'flow')
    throw new RuleError('no flow exists yet at the hook pre_flow', at, `${action}:packet`);
}
