/** An open queue, as shared by all threads. */
import type { Thread, ThreadOfGroup } from '../../engine/module.js';
import type { QueueLink } from './driver.js';

export interface OpenQueue {
  /** Number in netfilter. */
  readonly number: number;
  readonly link: QueueLink;
  /** Words shared by all threads: the last packet id received, and whether there was one. */
  readonly received: SharedArrayBuffer;
  readonly latency: SharedArrayBuffer;
}

export interface OpenQueues {
  readonly queues: readonly OpenQueue[];
  /** Sockets for rejecting packets: IPv4, IPv6; -1 where there is none. */
  readonly senders: readonly [number, number];
}

/** Name in `Thread.shared`. */
export const OPEN_QUEUES = 'nfqueue';

/** @throws Error when the queues were not opened before the threads started */
export function openQueuesOf({ shared }: Thread): OpenQueues {
  const queues = shared[OPEN_QUEUES] as OpenQueues | undefined;
  if (!queues) throw new Error('no queue is open (name queues with -q)');
  return queues;
}

/** The queues that this thread of a group receives from. */
export function queuesOf(thread: Thread): { queue: OpenQueue; source: number }[] {
  return openQueuesOf(thread)
    .queues.map((queue, source) => ({ queue, source }))
    .filter(({ source }) => receives(thread, source));
}

/** Whether a thread of a group receives from a queue. @param source index of the queue */
export function receives({ index, count }: ThreadOfGroup, source: number): boolean {
  return source % count === index;
}

/** The last packet id received. */
export class LastReceivedId {
  private readonly words: Uint32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Uint32Array(buffer);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(8);
  }

  get last(): number | undefined {
    return Atomics.load(this.words, 1) === 0 ? undefined : Atomics.load(this.words, 0);
  }

  set last(id: number) {
    Atomics.store(this.words, 0, id);
    Atomics.store(this.words, 1, 1);
  }
}
