/** Name and version of the program. */
import { readFileSync } from 'node:fs';
import { packaged } from '../compiled.js';

/** The version of Suricata whose rules, options and records Sluice implements. */
const FOLLOWED_VERSION = '8.0.7';

export function version(): string {
  const file = JSON.parse(readFileSync(packaged('package.json'), 'utf8')) as {
    version: string;
  };
  return file.version;
}

/** The line of `-V`. */
export function versionLine(): string {
  return `Sluice ${version()} (rules and options of Suricata version ${FOLLOWED_VERSION})`;
}
