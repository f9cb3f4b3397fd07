/**
 * The contract of a queue handler: which consumer takes a packet. A handler is one file of `queue/handlers/` (or a
 * package or path) whose default export is a `QueueHandler`; its name in the YAML is the name of the file.
 */
import type { Memory } from '../memory.js';

/** Version of this contract. A handler made for another one is refused by name. */
export const QUEUE_HANDLER_API = 1;

/** Packet takes none of the ways: it is done and its slot goes home. */
export const DONE = -1;

/** What a queue handler exports by default. */
export interface QueueHandler {
  /** QUEUE_HANDLER_API of the engine it was made for. */
  readonly api: number;
  /** One sentence: which way a packet takes. */
  readonly summary: string;
  /** Names of the ways a packet can take; each leads to a thread group or to `end`. One way is called `to`. */
  readonly ways: readonly string[];
  /** Ways that may be left out of the YAML. */
  readonly optional?: readonly string[];
  /** All packets of a conversation take the same consumer, in order. */
  readonly keepsFlows: boolean;
  /** Makes what chooses in one thread. */
  create(link: HandlerLink): Chooser;
}

/** What a handler gets to work with. */
export interface HandlerLink {
  readonly memory: Memory;
  /** For each way, the range of consumers behind it; count 0 is `end`. */
  readonly ways: readonly { readonly first: number; readonly count: number }[];
  /** Outputs want all packets, not only what is noteworthy of them. */
  readonly wantsPackets?: boolean;
  /** Packets the queue to a consumer can take now. */
  room(consumer: number): number;
}

/** @param p index of the packet's row  @returns number of the consumer, or DONE */
export type Chooser = (p: number) => number;

/** Names a queue handler; gives its type to the compiler and nothing else. */
export function defineQueueHandler(handler: Omit<QueueHandler, 'api'>): QueueHandler {
  return { api: QUEUE_HANDLER_API, ...handler };
}
