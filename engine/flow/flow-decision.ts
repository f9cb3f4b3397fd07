/** Decisions of rules, detections and policies about a whole flow: stored in its record, for all later packets. */

import * as Packet from '../packet.js';
import * as Flow from './flow-record.js';

/** Bits of `Packet.FLOW_STATE`: what was decided before the packet arrived. */
const DECIDED = Packet.FLOW_DROPPED | Packet.FLOW_PASSED | Packet.FLOW_BYPASSED;

/** Whether a flow is dropped according to its record. @param flows the rows of flow records */
export function isFlowDropped(flows: Int32Array, flow: number): boolean {
  return flows[flow * Flow.INTS + Flow.ACTION] === Flow.ACTION_DROP;
}

/** Whether the flow of the packet at `p` is dropped, passed or bypassed as a whole, and not inspected. */
export function isFlowDecided(row: Int32Array, flows: Int32Array, p: number, flow: number): boolean {
  if ((row[p + Packet.FLOW_STATE]! & DECIDED) !== 0) return true;
  const action = flows[flow * Flow.INTS + Flow.ACTION];
  return action === Flow.ACTION_DROP || action === Flow.ACTION_PASS;
}

/**
 * The sides of its flow that the verdict of the packet at `p` resets.
 * @returns of Flow.RESET_CLIENT and Flow.RESET_SERVER; 0 for a packet that is not rejected
 */
export function sidesReset(row: Int32Array, p: number): number {
  const verdict = row[p + Packet.VERDICT]!;
  if (verdict === Packet.VERDICT_REJECT_BOTH) return Flow.RESET_CLIENT | Flow.RESET_SERVER;
  if (verdict !== Packet.VERDICT_REJECT && verdict !== Packet.VERDICT_REJECT_DESTINATION) return 0;
  const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
  return toServer === (verdict === Packet.VERDICT_REJECT) ? Flow.RESET_CLIENT : Flow.RESET_SERVER;
}

/** Whether the sender of the packet at `p` is reset because its flow was rejected before. */
export function isSenderReset(row: Int32Array, flows: Int32Array, p: number): boolean {
  const flow = row[p + Packet.FLOW]!;
  if (flow < 0) return false;
  const f = flow * Flow.INTS;
  const toServer = (row[p + Packet.FLOW_STATE]! & Packet.FLOW_TO_SERVER) !== 0;
  const side = toServer ? Flow.RESET_CLIENT : Flow.RESET_SERVER;
  return ((flows[f + Flow.FLAGS]! | flows[f + Flow.DETECT_FLAGS]!) & side) !== 0;
}

/**
 * Drops the whole flow of the packet at `p`.
 * @param p has its verdict already: later packets of a rejected flow are answered as well
 * @param flow -1 for a packet without one: nothing is done
 * @param reason of `verdict.ts`
 */
export function dropFlow(row: Int32Array, flows: Int32Array, p: number, flow: number, reason: number): void {
  if (flow < 0) return;
  const f = flow * Flow.INTS;
  if (!isFlowDropped(flows, flow) && (row[p + Packet.FLOW_STATE]! & Packet.FLOW_ESTABLISHED) !== 0)
    flows[f + Flow.DETECT_FLAGS]! |= Flow.DETECT_DROPPED_ESTABLISHED;
  flows[f + Flow.DETECT_FLAGS]! |= sidesReset(row, p);
  flows[f + Flow.ACTION] = Flow.ACTION_DROP;
  flows[f + Flow.DROP_REASON] = reason;
}
