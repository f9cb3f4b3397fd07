/**
 * The application protocol of a flow as known at a packet. A batch is parsed before it is inspected, so the flow record
 * may be further by then.
 */

import * as Packet from '../packet.js';
import * as Flow from './flow-record.js';

/** Columns of the flow's record, and their position in packets: of the flow, and as recognised in each direction. */
export const OF_FLOW = { column: Flow.APP_PROTOCOL, shift: Packet.FLOW_APPLICATION } as const;
export const OF_CLIENT = {
  column: Flow.APP_PROTOCOL_TO_SERVER,
  shift: Packet.FLOW_APPLICATION_TO_SERVER,
} as const;
export const OF_SERVER = {
  column: Flow.APP_PROTOCOL_TO_CLIENT,
  shift: Packet.FLOW_APPLICATION_TO_CLIENT,
} as const;

/**
 * @param flowState of the packet (`Packet.FLOW_STATE`)
 * @param f row of its flow in `flows`
 * @returns number of the application protocol; 0 unknown, -1 failed
 */
export function knownApplication(
  flowState: number,
  flows: Int32Array,
  f: number,
  { column, shift }: { readonly column: number; readonly shift: number } = OF_FLOW,
): number {
  if ((flowState & Packet.FLOW_APPLICATION_STORED) === 0) return flows[f + column]!;
  return Packet.applicationIn(flowState, shift);
}

/**
 * Whether a flow had changed its application protocol at a packet, or was requested to.
 * @param flowState, f see `knownApplication`
 */
export function hadChangedApplication(flowState: number, flows: Int32Array, f: number): boolean {
  if ((flowState & Packet.FLOW_APPLICATION_STORED) === 0) return changesApplication(flows, f);
  return (flowState & Packet.FLOW_CHANGED_APPLICATION) !== 0;
}

/** Whether a flow has changed its application protocol, or was requested to. */
export function changesApplication(flows: Int32Array, f: number): boolean {
  return flows[f + Flow.APP_PROTOCOL_ORIGINAL] !== 0 || flows[f + Flow.APP_PROTOCOL_EXPECTED] !== 0;
}
