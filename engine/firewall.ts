/** Firewall mode: what modules must know of it that are no part of it. */
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
 * What a firewall offers to the modules before it in its thread: it looks at packets before they count for a flow, and
 * for a session. What it drops there has `Packet.FLAG_REFUSED`.
 */
export interface FirewallHooks {
  beforeFlow(batch: Batch): void;
  beforeStream(batch: Batch): void;
}

const HOOKS = 'firewall-hooks';

/** Those of the thread; undefined where no rule or policy looks at packets so early. */
export function firewallHooks({ services }: Thread): FirewallHooks | undefined {
  return services.get(HOOKS) as FirewallHooks | undefined;
}

/** @param hooks undefined: there are none any more */
export function offerFirewallHooks({ services }: Thread, hooks: FirewallHooks | undefined): void {
  if (hooks) services.set(HOOKS, hooks);
  else services.delete(HOOKS);
}
