import type { Config } from '../../engine/config/config.js';

/** Folder of state kept between runs: `default-data-dir`, or the log folder if that is not configured. */
export function dataFolder(config: Config): string {
  return String(config.at('default-data-dir') ?? config.at('default-log-dir') ?? '.');
}
