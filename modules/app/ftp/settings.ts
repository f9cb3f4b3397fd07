/** Settings of FTP. */
import type { Config } from '../../../engine/config/config.js';
import { integer, option, size, sizeFrom } from '../../../engine/config/option.js';

const PREFIX = 'app-layer.protocols.ftp.';

const MAX_LINE_LENGTH = option(
  `${PREFIX}max-line-length`,
  sizeFrom('1', '1gb'),
  4096,
  'maximum bytes of a command or reply; the rest is skipped',
);
const MAX_TRANSACTIONS = option(
  `${PREFIX}max-tx`,
  integer(1),
  1024,
  'maximum commands without a reply; beyond it parsing of the connection stops',
);
const MEMCAP = option(
  `${PREFIX}memcap`,
  {
    expected: size.expected,
    parse: size.parse,
    warning: value => `Invalid value ${value} for ftp.memcap`,
  },
  0,
  'accepted for compatibility; memory of a connection is limited by the other settings',
);

export const FTP_OPTIONS = [MAX_LINE_LENGTH, MAX_TRANSACTIONS, MEMCAP];

export interface FtpSettings {
  readonly maxLineLength: number;
  readonly maxTransactions: number;
  /** Memory of commands and replies of open transactions, in bytes. */
  readonly memory: { used: number };
}

export function ftpSettings(config: Config): FtpSettings {
  return {
    maxLineLength: config.read(MAX_LINE_LENGTH),
    maxTransactions: config.read(MAX_TRANSACTIONS),
    memory: { used: 0 },
  };
}

/** `ftp.memcap`, the number of times without room, stays 0: the data kept per connection has its own limits. */
export function ftpGauges({ memory }: FtpSettings): Readonly<Record<string, () => number>> {
  return { 'ftp.memuse': () => memory.used, 'ftp.memcap': () => 0 };
}
