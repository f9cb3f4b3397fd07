/** Firewall mode: the part visible to other modules. */
import type { Batch } from './batch.js';
import { boolean, option } from './config/option.js';
import type { Thread } from './module.js';

export const FIREWALL = option(
  'firewall.enabled',
  boolean,
  false,
  'firewall mode: drop what firewall rules and policies do not accept',
);

/**
 * Hooks of the firewall for modules before it in its thread: it inspects packets before they are counted for a flow,
 * and for a session. Packets dropped there have `Packet.FLAG_EXCLUDED`.
 */
export interface FirewallHooks {
  beforeFlow(batch: Batch): void;
  beforeStream(batch: Batch): void;
}

const HOOKS = 'firewall-hooks';

/** The hooks of the thread; undefined if no rule or policy applies this early. */
export function firewallHooks({ services }: Thread): FirewallHooks | undefined {
  return services.get(HOOKS) as FirewallHooks | undefined;
}

/** @param hooks undefined: none any more */
export function offerFirewallHooks({ services }: Thread, hooks: FirewallHooks | undefined): void {
  if (hooks) services.set(HOOKS, hooks);
  else services.delete(HOOKS);
}
