/**
 * Several threads and one row of captures: each thread reads all of it and keeps its share of the conversations. Reading and
 * decoding a packet costs a small part of what is done with it after that, less than a queue would.
 */
import { type FoundFile, totalSize } from '../../engine/capture-file/file-list.js';
import type { Config } from '../../engine/config/config.js';
import { engineMode } from '../../engine/exception-policy.js';
import { FIREWALL } from '../../engine/firewall.js';
import { CONVERSATION_SHARE, ConversationShare } from '../../engine/flow/conversation-share.js';
import type { Thread } from '../../engine/module.js';
import { deletes } from './file-removal.js';
import { CONTINUOUS, SEPARATE } from './options.js';

/**
 * Whether threads can read the captures side by side: files that can be read more than once and stay, and packets that
 * nobody decides about, since the verdict on a tunnel needs that on what is inside.
 * @throws Error when a capture is not there
 */
export function canBeReadTogether(config: Config, files: readonly FoundFile[]): boolean {
  if (config.read(SEPARATE) || config.read(CONTINUOUS) || deletes(config)) return false;
  if (config.read(FIREWALL) || config.read(engineMode) === 'ips') return false;
  return totalSize(files) !== undefined;
}

/** Where this thread is one of several that read everything, which must be those that decode, it gets its share. */
export function readTogether(thread: Thread, files: readonly FoundFile[]): boolean {
  const { config, count, index, services } = thread;
  if (count === 1 || !thread.moduleNames?.includes('decode') || !canBeReadTogether(config, files))
    return false;
  services.set(CONVERSATION_SHARE, new ConversationShare(index, count));
  return true;
}
