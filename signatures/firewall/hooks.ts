/** Hooks of firewall rules: where among the packets, and in the states of application protocols, a rule is evaluated. */

/** Hooks at which packets are looked at, not transactions. */
export const PACKET_HOOKS: readonly string[] = ['flow_start', 'all', 'pre_flow', 'pre_stream'];

export function isPacketHook(hook: string): boolean {
  return PACKET_HOOKS.includes(hook);
}

/** `<client_hello_done` accepts the hooks before it too. */
export function acceptsEarlier(hook: string): boolean {
  return hook.startsWith('<');
}

/** The hook without the sign before it. */
export function plainHook(hook: string): string {
  return acceptsEarlier(hook) ? hook.slice(1) : hook;
}
