/** Options of TLS, and the settings derived from them. */

import type { Config } from '../../../engine/config/config.js';
import { choice, option, text } from '../../../engine/config/option.js';
import { isEnabledFor } from '../../../engine/used-keywords.js';
import { defaultMembers, TLS_OUTPUT_OPTIONS, type TlsVariant, tlsVariants } from './outputs.js';

const ENCRYPTION = option(
  'app-layer.protocols.tls.encryption-handling',
  choice('track-only', 'default', 'bypass', 'full'),
  'track-only',
  'handling of a flow once it is encrypted: track-only, bypass, or full inspection',
);
export const JA3 = option(
  'app-layer.protocols.tls.ja3-fingerprints',
  text,
  'auto',
  'log JA3 fingerprints: yes, no or auto',
);
export const JA4 = option(
  'app-layer.protocols.tls.ja4-fingerprints',
  text,
  'auto',
  'log JA4 fingerprints: yes, no or auto',
);

export const TLS_OPTIONS = [ENCRYPTION, JA3, JA4, ...TLS_OUTPUT_OPTIONS];

export interface TlsSettings {
  readonly encryptionHandling: 'track-only' | 'bypass' | 'full';
  readonly variants: readonly TlsVariant[];
  /** Members in alerts. */
  readonly alertMembers: ReadonlySet<string>;
}

/** @param shared see `Thread.shared`: what the rules need */
export function tlsSettings(config: Config, shared: Readonly<Record<string, unknown>>): TlsSettings {
  const handling = config.read(ENCRYPTION);
  const ja3 = isEnabledFor(config.read(JA3), shared, 'ja3');
  const ja4 = isEnabledFor(config.read(JA4), shared, 'ja4');
  return {
    encryptionHandling: handling === 'default' ? 'track-only' : handling,
    variants: tlsVariants(config, ja3, ja4),
    alertMembers: new Set(defaultMembers(ja3, ja4)),
  };
}
