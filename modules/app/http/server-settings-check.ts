/** Errors in the HTTP settings of individual servers, which accept the same options as the defaults. */
import type { Config } from '../../../engine/config/config.js';
import { DeclaredOptions, type Finding } from '../../../engine/config/declared.js';
import { networks } from '../../../engine/config/networks.js';
import { option } from '../../../engine/config/option.js';
import { isMapping } from '../../../engine/config/scalar.js';
import { DEFAULTS, PREFIX, SERVER_OPTIONS } from './server-settings.js';
import { SERVERS } from './settings.js';

const LIST = SERVERS.path;

const ADDRESS = option('address', networks, [], 'server addresses that these settings apply to');
/** Options of a single server, without the prefix of their path in the configuration. */
const OPTIONS = new DeclaredOptions([
  ADDRESS,
  ...SERVER_OPTIONS.map(each => ({ ...each, path: each.path.slice(PREFIX.length + DEFAULTS.length) })),
]);

export function checkServerSettings(config: Config): Finding[] {
  const list = config.at(LIST);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return [finding(LIST, 'expected a list: - NAME: { address: 192.0.2.0/24, … }')];
  return list.flatMap((item, i) =>
    isMapping(item)
      ? Object.entries(item).flatMap(([name, settings]) => checkServer(`${LIST}.${i}.${name}`, settings))
      : [finding(`${LIST}.${i}`, 'expected NAME: { address: 192.0.2.0/24, … }')],
  );
}

function checkServer(path: string, settings: unknown): Finding[] {
  if (!isMapping(settings) || !(ADDRESS.path in settings))
    return [{ ...finding(path, 'has no effect without a server address'), isWarning: true }];
  return OPTIONS.check(settings).map(finding => ({
    ...finding,
    path: `${path}.${finding.path}`,
    ...(finding.nearest !== undefined && { nearest: `${path}.${finding.nearest}` }),
  }));
}

function finding(path: string, message: string): Finding {
  return { path, kind: 'unaccepted', message };
}
