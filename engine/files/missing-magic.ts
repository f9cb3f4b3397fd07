/**
 * Reports a configured libmagic database that does not exist: file types are then described differently, and rules on
 * them may not match.
 */
import { existsSync } from 'node:fs';
import type { Config } from '../config/config.js';
import type { Finding } from '../config/declared.js';
import { MAGIC_FILE } from './file-settings.js';

/** As in magic(3): several, separated by colons, each with or without `.mgc`. */
export function missingMagic(config: Config): Finding[] {
  const missing = config
    .read(MAGIC_FILE)
    .split(':')
    .filter(path => path !== '' && !existsSync(path) && !existsSync(`${path}.mgc`));
  return missing.map(path => ({
    path: MAGIC_FILE.path,
    kind: 'unaccepted',
    message: `${path} not found; only the most common file types are recognised, from a built-in table`,
    isWarning: true,
  }));
}
