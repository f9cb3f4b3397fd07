/** Settings of TLS records in the eve-log entries of the outputs. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, names, option } from '../../../engine/config/option.js';
import { outputBit, recordTypeSettings } from '../../../engine/config/output-list.js';

const TLS = 'outputs.*.eve-log.types.*.tls.';

/** Groups of members, by their names in `custom`. */
const BASIC = ['subject', 'issuer', 'session_resumed'];
const DEFAULT = ['serial', 'fingerprint', 'sni', 'version', 'not_before', 'not_after', 'subjectaltname'];
const BOTH_SIDES = ['client_alpns', 'server_alpns', 'client'];
/** Members that are logged only if named in `custom`, or enabled by their own option. */
const ON_REQUEST = [
  ...['certificate', 'chain', 'client_certificate', 'client_chain', 'client_handshake', 'server_handshake'],
  ...['ja3', 'ja3s', 'ja4'],
];

const EXTENDED = option(
  `${TLS}extended`,
  boolean,
  true,
  'log all default fields, not only subject, issuer and session_resumed',
);
const CUSTOM = option(
  `${TLS}custom`,
  names(...BASIC, ...DEFAULT, ...BOTH_SIDES, ...ON_REQUEST),
  [],
  'logged fields, instead of the default ones: sni, version, chain, client, …',
);
const JA3 = option(`${TLS}ja3`, boolean, true, 'log JA3 and JA3S fingerprints if they are computed');
const JA4 = option(`${TLS}ja4`, boolean, true, 'log JA4 fingerprints if they are computed');
const SESSION_RESUMPTION = option(
  `${TLS}session-resumption`,
  boolean,
  true,
  'log resumed sessions, which have no certificate',
);

export const TLS_OUTPUT_OPTIONS = [EXTENDED, CUSTOM, JA3, JA4, SESSION_RESUMPTION];

/** One variant of the record, and the outputs that use it. */
export interface TlsVariant {
  readonly members: ReadonlySet<string>;
  /** Whether resumed sessions are logged. */
  readonly resumed: boolean;
  /** See `OutputRecord.outputs`. */
  readonly outputs: number;
}

/** @param ja3 whether fingerprints are computed  @param ja4 the same */
export function defaultMembers(ja3: boolean, ja4: boolean): string[] {
  return [...BASIC, ...DEFAULT, ...(ja3 ? ['ja3', 'ja3s'] : []), ...(ja4 ? ['ja4'] : []), ...BOTH_SIDES];
}

/** @returns one for each variant that any entry uses; none if no entry logs TLS */
export function tlsVariants(config: Config, ja3: boolean, ja4: boolean): TlsVariant[] {
  const entries = recordTypeSettings(config, 'tls');
  if (entries.length === 0)
    return [{ members: new Set(defaultMembers(ja3, ja4)), resumed: true, outputs: 0 }];
  const variants = new Map<string, TlsVariant>();
  entries.forEach((settings, i) => {
    if (!settings) return;
    const members = membersFor(settings, ja3, ja4);
    const resumed = hasNoSettings(settings)
      ? false
      : settings.read({ ...SESSION_RESUMPTION, path: 'session-resumption' });
    const key = `${resumed} ${members.join()}`;
    const outputs = (variants.get(key)?.outputs ?? 0) | outputBit(i);
    variants.set(key, { members: new Set(members), resumed, outputs });
  });
  return [...variants.values()];
}

/** A type without settings, as `- tls`, does not log resumed sessions. */
function hasNoSettings({ tree }: Config): boolean {
  return Object.keys(tree).length === 0;
}

function membersFor(settings: Config, ja3: boolean, ja4: boolean): string[] {
  const custom = settings.read({ ...CUSTOM, path: 'custom' });
  if (custom.length > 0) return custom.map(name => name.toLowerCase());
  if (!settings.read({ ...EXTENDED, path: 'extended' })) return BASIC;
  return defaultMembers(
    ja3 && settings.read({ ...JA3, path: 'ja3' }),
    ja4 && settings.read({ ...JA4, path: 'ja4' }),
  );
}
