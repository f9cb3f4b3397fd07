/**
 * The API of a queue handler, which selects the consumer of a packet. A handler is one file of `queue/handlers/` (or a
 * package or path) whose default export is a `QueueHandler`; its name in the YAML is the name of the file.
 */
import type { Memory } from '../memory.js';

/** Version of this API. A handler made for another version is rejected by name. */
export const QUEUE_HANDLER_API = 1;

/** No output: the packet is done and its slot is returned. */
export const DONE = -1;

/** The default export of a queue handler. */
export interface QueueHandler {
  /** QUEUE_HANDLER_API of the engine it was written for. */
  readonly api: number;
  /** One sentence: how it distributes packets. */
  readonly summary: string;
  /** Names of its outputs; each leads to a thread group or to `end`. A single output is called `to`. */
  readonly ways: readonly string[];
  /** Outputs that may be omitted in the YAML. */
  readonly optional?: readonly string[];
  /** All packets of a flow go to the same consumer, in order. */
  readonly keepsFlows: boolean;
  /** Creates the chooser of one thread. */
  create(link: HandlerLink): Chooser;
}

/** Context of a handler. */
export interface HandlerLink {
  readonly memory: Memory;
  /** For each output, the range of its consumers; count 0 is `end`. */
  readonly ways: readonly { readonly first: number; readonly count: number }[];
  /** Logging outputs want all packets, not only those with events. */
  readonly wantsPackets?: boolean;
  /** Free places in the queue to a consumer. */
  freeSlots(consumer: number): number;
}

/** @param p index of the packet's row  @returns number of the consumer, or DONE */
export type Chooser = (p: number) => number;

/** Defines a queue handler: checks its type and adds the version of the API. */
export function defineQueueHandler(handler: Omit<QueueHandler, 'api'>): QueueHandler {
  return { api: QUEUE_HANDLER_API, ...handler };
}
