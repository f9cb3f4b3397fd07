/**
 * What the owner of the flow table offers to modules of the same thread: `thread.services.get(FLOW_TABLE)`.
 *
 * The flow module runs over a whole batch before the next module sees it. What only TCP state can tell, that a
 * conversation ended and its ports are used again, or that its first packet came from the server, is therefore
 * told to it afterwards.
 */
import type { Batch } from '../batch.js';

/** Name of the service. */
export const FLOW_TABLE = 'flow-table';

export interface FlowTable {
  /**
   * Ends the flow of the packet at `batch.slots[index]` and begins a new one with it: the ports are used again.
   * Later packets of the batch that were counted for the old flow go to the new one.
   *
   * @returns row of the new flow, or -1 when there is no room (the packets then have no flow)
   */
  beginAnew(batch: Batch, index: number): number;

  /** Exchanges client and server of a flow, and the direction of its packets from `batch.slots[index]` on. */
  swap(batch: Batch, index: number): void;

  /** Ends all flows. Their ends are told with the batches that follow, `ending` of them are still to come. */
  endAll(): void;
  readonly ending: number;

  /** Flows that are not over. */
  readonly active: number;
}
