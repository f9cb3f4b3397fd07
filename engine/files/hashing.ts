/** Digests can be disabled altogether (`--disable-hashing`): then everything that needs them is disabled. */
import type { Config } from '../config/config.js';
import { boolean, option } from '../config/option.js';

export const DISABLE_HASHING = option(
  'disable-hashing',
  boolean,
  false,
  'compute no file digests: no file store, no rules that compare digests',
);

export function hashes(config: Config): boolean {
  return !config.read(DISABLE_HASHING);
}
