/** Who this is. */
import { readFileSync } from 'node:fs';
import { compiled } from '../compiled.js';

/** The version of Suricata whose rules, options and records Sluice follows. */
export const FOLLOWED_VERSION = '8.0.7';

export function version(): string {
  const file = JSON.parse(readFileSync(new URL('../package.json', compiled('')), 'utf8')) as {
    version: string;
  };
  return file.version;
}

/** The line of `-V`. */
export function versionLine(): string {
  return `Sluice ${version()} (rules and options of Suricata version ${FOLLOWED_VERSION})`;
}
