/** How many packets the threads of a replay work on at once. */
import type { Config } from '../config/config.js';
import { engineMode } from '../exception-policy.js';
import { FIREWALL } from '../firewall.js';
import { BATCH } from '../manager/options.js';
import { endsWithinBatch } from '../stream/stream-depth.js';

/**
 * One, where that makes a difference: behind what is dropped nothing is to be parsed or counted, and records tell what was
 * known when a packet was decided about.
 */
export function packetsAtOnce(config: Config): number {
  const single = config.read(FIREWALL) || config.read(engineMode) === 'ips' || endsWithinBatch(config);
  return single ? 1 : config.read(BATCH);
}
