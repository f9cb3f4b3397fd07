/**
 * Interface of the flow table for modules of the same thread: `thread.services.get(FLOW_TABLE)`.
 *
 * The flow module processes a whole batch before the next module sees it. What only TCP state reveals (a session ended
 * and its ports are reused, or its first packet came from the server) is therefore signalled to it afterwards.
 */
import type { Batch } from '../batch.js';

/** Name of the service. */
export const FLOW_TABLE = 'flow-table';

export interface FlowTable {
  /**
   * Ends the flow of the packet at `batch.slots[index]` and begins a new one with it, because the ports are reused.
   * Later packets of the batch that were counted for the old flow move to the new one.
   *
   * @returns row of the new flow, or -1 if the table is full (the packets then have no flow)
   */
  replaceFlow(batch: Batch, index: number): number;

  /** Swaps client and server of a flow, and the direction of its packets from `batch.slots[index]` on. */
  swap(batch: Batch, index: number): void;

  /** Ends all flows. Their end packets follow in later batches; `ending` is the number still pending. */
  endAll(): void;
  readonly ending: number;

  /** Active flows. */
  readonly active: number;
}
