/**
 * How packets come from the kernel and verdicts go back. A driver opens queues before any thread starts, and is
 * selected by `nfq.driver`; every thread, and the fallback for one that failed, opens its own endpoints of a queue.
 */
import type { QueueSettings } from '../../engine/native/queue.js';
import type { NodeLink } from './drivers/node-link.js';

export interface Driver {
  /** @returns what endpoints are created from, in every thread  @throws Error that names the queue and what is refused */
  open(queue: number, settings: QueueSettings): QueueLink;
  /**
   * Makes the kernel send packets, once the threads are ready. @throws Error that names the queue and what is refused
   */
  begin(): void;
  close(): void;
}

/** An open queue: plain data and shared memory. */
export type QueueLink = { readonly driver: 'netlink'; readonly socket: number } | NodeLink;

/** Formats are those of `native/queue.ts`: QUEUED_, TALLY_ and VERDICT_ constants. */
export interface QueueEndpoint {
  /**
   * Receives pending packets, without waiting, into `bytes[from, to)`; `from` is a multiple of 8.
   * @param largest maximum bytes of a packet
   * @returns number of packets
   */
  receive(
    bytes: Uint8Array,
    from: number,
    to: number,
    largest: number,
    packets: Uint32Array,
    tally: Uint32Array,
  ): number;
  /** Sends `count` verdicts, whose payloads are in `bytes`. @returns how many were not accepted: the last ones */
  send(bytes: Uint8Array, verdicts: Uint32Array, count: number): number;
}
