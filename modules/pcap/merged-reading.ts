/**
 * Several threads reading the same captures: each thread reads all of them and keeps its share of the flows. Reading
 * and decoding a packet costs a small part of its total processing, less than a queue would.
 */
import { type FoundFile, totalSize } from '../../engine/capture-file/file-list.js';
import type { Config } from '../../engine/config/config.js';
import { engineMode } from '../../engine/exception-policy.js';
import { FIREWALL } from '../../engine/firewall.js';
import { FLOW_SHARE, FlowShare } from '../../engine/flow/flow-share.js';
import type { Thread } from '../../engine/module.js';
import { deletes } from './file-removal.js';
import { CONTINUOUS, SEPARATE } from './options.js';

/**
 * Whether threads can read the captures in parallel: files that can be read more than once and are kept, and no
 * verdicts, because the verdict on a tunnel packet depends on its inner packets.
 * @throws Error when a capture does not exist
 */
export function canBeMerged(config: Config, files: readonly FoundFile[]): boolean {
  if (config.read(SEPARATE) || config.read(CONTINUOUS) || deletes(config)) return false;
  if (config.read(FIREWALL) || config.read(engineMode) === 'ips') return false;
  return totalSize(files) !== undefined;
}

/** If this thread is one of several that read everything, which must also decode, assigns its share of the flows. */
export function readMerged(thread: Thread, files: readonly FoundFile[]): boolean {
  const { config, count, index, services } = thread;
  if (count === 1 || !thread.moduleNames?.includes('decode') || !canBeMerged(config, files)) return false;
  services.set(FLOW_SHARE, new FlowShare(index, count));
  return true;
}
