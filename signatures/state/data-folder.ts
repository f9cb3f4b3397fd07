import type { Config } from '../../engine/config/config.js';

/** Folder of state that is kept from run to run: `default-data-dir`, beside the logs where there is none. */
export function dataFolder(config: Config): string {
  return String(config.at('default-data-dir') ?? config.at('default-log-dir') ?? '.');
}
