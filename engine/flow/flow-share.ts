/**
 * Threads that all read the same packets: each processes the flows that a queue handler would have given it, and
 * releases the others. So several threads process one capture without a queue between them.
 */
import type { Log, Thread } from '../module.js';
import { shareOf } from '../queue/share.js';
import { ThreadCounters } from '../thread/counters.js';

/** Service in a thread that reads the same packets as others: set by the acquire module, used by `decode`. */
export const FLOW_SHARE = 'flow-share';

export class FlowShare {
  constructor(
    private readonly index: number,
    private readonly count: number,
  ) {}

  /** @param hash of the flow (`Packet.FLOW_HASH`) */
  has(hash: number): boolean {
    return shareOf(hash, this.count) === this.index;
  }
}

/**
 * The thread, for a module that sees the packets of all. Its counters and log messages are the same in each of these
 * threads: only those of the first are used.
 */
export function reportingOnce(thread: Thread): Thread {
  if (!thread.services.has(FLOW_SHARE) || thread.index === 0) return thread;
  const counters = new ThreadCounters(ThreadCounters.allocate());
  return { ...thread, counters, log: SILENT, warnOnce() {} };
}

const SILENT: Log = { debug() {}, info() {}, notice() {}, warning() {}, error() {} };
