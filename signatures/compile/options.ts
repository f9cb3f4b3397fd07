/** Configuration of rule compilation. */
import type { Config } from '../../engine/config/config.js';
import { boolean, choice, duration, integer, option, text } from '../../engine/config/option.js';
import { FIREWALL } from '../../engine/firewall.js';
import type { Protocol } from '../../engine/protocol.js';
import { FIREWALL_POLICIES } from '../firewall/options.js';
import { type FirewallPolicies, readPolicies } from '../firewall/policies.js';
import { addressVariables } from '../rule-settings.js';
import type { Signature } from '../signature.js';
import { readThresholdFile, THRESHOLD_FILE, type ThresholdFile } from '../threshold-config.js';
import { CacheFolder } from './cache-folder.js';
import type { GroupLimits } from './groups.js';
import type { RuleSetImage } from './image.js';
import { DEFAULT_ACTION_ORDER } from './order.js';

const profile = option(
  'detect.profile',
  choice('low', 'medium', 'high', 'custom'),
  'medium',
  'number of port groups: more groups need more memory, and reduce the patterns searched in each packet',
);
const toServerGroups = option(
  'detect.custom-values.toserver-groups',
  integer(1, 255),
  8,
  'port groups to the server (profile custom)',
);
const toClientGroups = option(
  'detect.custom-values.toclient-groups',
  integer(1, 255),
  4,
  'port groups to the client (profile custom)',
);
const caching = option('detect.sgh-mpm-caching', boolean, true, 'keep compiled patterns on disk');
export const cachingPath = option(
  'detect.sgh-mpm-caching-path',
  text,
  '',
  'cache folder for compiled rules and patterns; default: for large rule files, the cache folder of the user',
);
const cachingMaxAge = option(
  'detect.sgh-mpm-caching-max-age',
  duration,
  7 * 24 * 3600,
  'remove compiled patterns that were not used for this long; 0: never',
);
const actionOrder = option(
  'action-order',
  { expected: 'a list of pass, drop, reject and alert', parse: parseOrder },
  DEFAULT_ACTION_ORDER,
  'order in which the actions of signatures are evaluated',
);
const history = option(
  'detect.stream-history',
  integer(0, 1 << 20),
  2560,
  'bytes of a stream kept before new data for signatures without a limit of their own',
);

/** Options read by the compiler. */
export const compileOptions = [
  profile,
  toServerGroups,
  toClientGroups,
  caching,
  cachingPath,
  cachingMaxAge,
  actionOrder,
  history,
  THRESHOLD_FILE,
];

function parseOrder(value: unknown): readonly string[] | undefined {
  const order = Array.isArray(value) ? value.map(String) : undefined;
  return order?.every(action => DEFAULT_ACTION_ORDER.includes(action)) ? order : undefined;
}

/**
 * Number of groups to server and to client. Scanning for a few thousand patterns costs little more than for a few
 * hundred, so few groups are enough; each takes compile time and memory.
 */
const PROFILES = { low: [3, 2], medium: [8, 4], high: [40, 20] } as const;

export interface CompileOptions {
  readonly protocols: readonly Protocol[];
  readonly actionOrder: readonly string[];
  readonly limits: GroupLimits;
  /** Present in firewall mode. */
  readonly firewall?: FirewallPolicies;
  /** Thresholds from `threshold-file`. */
  readonly thresholds?: ThresholdFile;
  /** The active rule set, on reload: unchanged databases are reused. */
  readonly previous?: RuleSetImage;
  /** Cache of compiled patterns. */
  readonly cache?: CacheFolder;
  /** Signatures that are evaluated wherever their header matches, without searching for their pattern first. */
  readonly unsearched?: (signature: Signature) => boolean;
}

/**
 * Compile options from the configuration.
 * @param elsewhere returns a cache folder if the configuration enables the cache but names none
 */
export function compileOptionsFrom(
  config: Config,
  protocols: readonly Protocol[],
  warn: (message: string) => void = () => {},
  elsewhere?: () => string | undefined,
): CompileOptions {
  const chosen = config.read(profile);
  const [toServer, toClient] =
    chosen === 'custom' ? [config.read(toServerGroups), config.read(toClientGroups)] : PROFILES[chosen];
  return {
    protocols,
    thresholds: readThresholdFile(config, addressVariables(config)),
    actionOrder: config.read(actionOrder),
    limits: { toServer, toClient, history: config.read(history) },
    ...(config.read(FIREWALL) && { firewall: readPolicies(config.read(FIREWALL_POLICIES), protocols) }),
    ...cacheOf(config, warn, elsewhere),
  };
}

function cacheOf(
  config: Config,
  warn: (message: string) => void,
  elsewhere?: () => string | undefined,
): Pick<CompileOptions, 'cache'> {
  if (!config.read(caching)) return {};
  const folder = config.read(cachingPath) || elsewhere?.();
  if (!folder) return {};
  return { cache: new CacheFolder({ folder, maxAge: config.read(cachingMaxAge), warn }) };
}
