/**
 * Hooks of firewall rules: the point of packet processing, or the state of an application protocol, at which a rule is
 * evaluated.
 */

/** Hooks at which packets, not transactions, are evaluated. */
export const PACKET_HOOKS: readonly string[] = ['flow_start', 'all', 'pre_flow', 'pre_stream'];

export function isPacketHook(hook: string): boolean {
  return PACKET_HOOKS.includes(hook);
}

/** `<client_hello_done` also accepts all earlier hooks. */
export function acceptsEarlier(hook: string): boolean {
  return hook.startsWith('<');
}

/** The hook without its leading sign. */
export function plainHook(hook: string): string {
  return acceptsEarlier(hook) ? hook.slice(1) : hook;
}
