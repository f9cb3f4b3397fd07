/** Drops the whole flow of a packet, for whichever rule or policy wants it. */
import * as Flow from '../../engine/flow-record.js';
import * as Packet from '../../engine/packet.js';

/** @param reason of `engine/verdict.ts` */
export function dropFlow(row: Int32Array, flows: Int32Array, p: number, flow: number, reason: number): void {
  const f = flow * Flow.INTS;
  if (
    flows[f + Flow.ACTION] !== Flow.ACTION_DROP &&
    (row[p + Packet.FLOW_STATE]! & Packet.FLOW_ESTABLISHED) !== 0
  )
    flows[f + Flow.DETECT_FLAGS]! |= Flow.DETECT_DROPPED_ESTABLISHED;
  flows[f + Flow.ACTION] = Flow.ACTION_DROP;
  flows[f + Flow.DROP_REASON] = reason;
}
