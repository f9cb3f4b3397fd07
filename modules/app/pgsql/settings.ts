/** Settings of PostgreSQL. */
import type { Config } from '../../../engine/config/config.js';
import { boolean, integer, option, size } from '../../../engine/config/option.js';
import { recordTypeSettings } from '../../../engine/config/output-list.js';

const PREFIX = 'app-layer.protocols.pgsql.';

const DEPTH = option(
  `${PREFIX}stream-depth`,
  size,
  0,
  'maximum bytes of a stream that are reassembled; 0: all',
);
const MAX_TRANSACTIONS = option(
  `${PREFIX}max-tx`,
  integer(1),
  1024,
  'maximum requests without a response; beyond it the oldest is completed',
);
const PASSWORDS = option('outputs.*.eve-log.types.*.pgsql.passwords', boolean, false, 'log passwords');

export const PGSQL_OPTIONS = [DEPTH, MAX_TRANSACTIONS, PASSWORDS];

export interface PgsqlSettings {
  readonly depth: number;
  readonly maxTransactions: number;
  readonly passwords: boolean;
}

export function pgsqlSettings(config: Config): PgsqlSettings {
  const entries = recordTypeSettings(config, 'pgsql').flatMap(entry => entry ?? []);
  return {
    depth: config.read(DEPTH),
    maxTransactions: config.read(MAX_TRANSACTIONS),
    passwords: entries.some(entry => entry.read({ ...PASSWORDS, path: 'passwords' })),
  };
}
