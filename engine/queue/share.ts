/**
 * Selects one of several consumers of an output for a flow.
 * @param hash of the flow (`Packet.FLOW_HASH`): its first eight bits decide, see `modules/decode/flow-hash.ts`
 * @returns a number below `count`; with more than 256 consumers the rest get nothing
 */
export function shareOf(hash: number, count: number): number {
  return (hash >>> 24) % count;
}
