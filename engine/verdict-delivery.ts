/**
 * How a packet's verdict reaches the device it came from. Live acquire modules offer it to every thread as service
 * `verdict-delivery` (see `ModuleDefinition.serve`); in replay there is none.
 */
export interface VerdictDelivery {
  /** Called once for each packet of the wire, in the order in which verdicts become known. */
  deliver(slot: number, verdict: number): void;
  /** The batch is done: what was not sent yet is sent. */
  flush?(): void;
}

export const VERDICT_DELIVERY = 'verdict-delivery';
