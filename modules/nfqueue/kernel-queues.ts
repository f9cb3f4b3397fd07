/** The kernel's counters of its queues: /proc/net/netfilter/nfnetlink_queue. */
import { readFileSync } from 'node:fs';

export interface KernelQueue {
  /** Port of the socket that owns it. */
  readonly owner: number;
  /** Packets that wait for a verdict. */
  readonly waiting: number;
  /** Packets dropped because the queue was full, and because its socket's buffer was. */
  readonly dropped: number;
  readonly userDropped: number;
  /** Id of the newest packet. */
  readonly lastId: number;
}

/** By number; empty where the kernel has none, or does not report them. */
export function kernelQueues(text = readOrNothing()): Map<number, KernelQueue> {
  const queues = new Map<number, KernelQueue>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/).map(Number);
    if (fields.length < 8 || fields.some(Number.isNaN)) continue;
    const [number, owner, waiting, , , dropped, userDropped, lastId] = fields as [number, ...number[]];
    queues.set(number, {
      owner: owner!,
      waiting: waiting!,
      dropped: dropped!,
      userDropped: userDropped!,
      lastId: lastId!,
    });
  }
  return queues;
}

function readOrNothing(): string {
  try {
    return readFileSync('/proc/net/netfilter/nfnetlink_queue', 'utf8');
  } catch {
    return '';
  }
}
