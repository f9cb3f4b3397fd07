/** Digests may be switched off altogether (`--disable-hashing`): nothing that needs them is there then. */
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
