/** The settings of all protocols of a thread. */
import type { Config } from '../config/config.js';
import type { Protocol } from '../protocol.js';

/**
 * Settings of each protocol, created once; a protocol can request those of another, regardless of order.
 * @returns by protocol number
 */
export function allSettings(
  protocols: readonly Protocol[],
  config: Config,
  shared: Readonly<Record<string, unknown>>,
): readonly unknown[] {
  const settings = new Map<Protocol, unknown>();
  const of = (protocol: Protocol | undefined): unknown => {
    if (!protocol) return undefined;
    if (!settings.has(protocol)) {
      // Protocols that request each other's settings get none.
      settings.set(protocol, undefined);
      settings.set(protocol, protocol.prepare?.(config, shared, named));
    }
    return settings.get(protocol);
  };
  const named = (name: string): unknown => of(protocols.find(protocol => protocol.name === name));
  return protocols.map(of);
}
