/** Batch size of the threads of a replay. */
import type { Config } from '../config/config.js';
import { engineMode } from '../exception-policy.js';
import { FIREWALL } from '../firewall.js';
import { BATCH } from '../manager/options.js';
import { endsWithinBatch } from '../stream/stream-depth.js';

/**
 * One if that makes a difference: after a drop nothing may be parsed or counted, and records contain what was known
 * when the packet got its verdict.
 */
export function packetsAtOnce(config: Config): number {
  const single = config.read(FIREWALL) || config.read(engineMode) === 'ips' || endsWithinBatch(config);
  return single ? 1 : config.read(BATCH);
}
