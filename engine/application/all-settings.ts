/** The settings of all protocols of a thread. */
import type { Config } from '../config/config.js';
import type { Protocol } from '../protocol.js';

/**
 * Each protocol's settings, made once; a protocol can ask for those of another, whichever is named first.
 * @returns by the protocols' numbers
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
      // Two that ask for each other have nothing to give yet.
      settings.set(protocol, undefined);
      settings.set(protocol, protocol.prepare?.(config, shared, named));
    }
    return settings.get(protocol);
  };
  const named = (name: string): unknown => of(protocols.find(protocol => protocol.name === name));
  return protocols.map(of);
}
