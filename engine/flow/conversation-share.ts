/**
 * Threads that all read the same packets: each goes on with the conversations that a queue handler would have given it,
 * and lets the others go. So one capture is worked on by several threads without a queue between them.
 */
import type { Log, Thread } from '../module.js';
import { shareOf } from '../queue/share.js';
import { ThreadCounters } from '../thread/counters.js';

/** Service in a thread that reads what others read too: set by the module that acquires, heeded by `decode`. */
export const CONVERSATION_SHARE = 'conversation-share';

export class ConversationShare {
  constructor(
    private readonly index: number,
    private readonly count: number,
  ) {}

  /** @param hash of the conversation (`Packet.FLOW_HASH`) */
  has(hash: number): boolean {
    return shareOf(hash, this.count) === this.index;
  }
}

/**
 * The thread, for a module that sees the packets of all. What it counts and says is the same in each of these threads: the
 * first one speaks for all, and nobody hears the others.
 */
export function speakingOnce(thread: Thread): Thread {
  if (!thread.services.has(CONVERSATION_SHARE) || thread.index === 0) return thread;
  const counters = new ThreadCounters(ThreadCounters.allocate());
  return { ...thread, counters, log: SILENT, warnOnce() {} };
}

const SILENT: Log = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };
