/**
 * Delivers a packet's verdict to the device it came from. Live acquire modules provide it to every thread as service
 * `verdict-delivery` (see `ModuleDefinition.provideServices`); none in replay.
 */
export interface VerdictDelivery {
  /** Called once for each packet from the wire, in the order in which verdicts become known. */
  deliver(slot: number, verdict: number): void;
  /** The batch is done: sends pending verdicts. */
  flush?(): void;
}

export const VERDICT_DELIVERY = 'verdict-delivery';
