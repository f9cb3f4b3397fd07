/**
 * Which of several consumers behind one way takes a conversation.
 * @param hash of the conversation (`Packet.FLOW_HASH`): its first eight bits decide, see `modules/decode/flow-hash.ts`
 * @returns a number below `count`; with more than 256 consumers the others get nothing
 */
export function shareOf(hash: number, count: number): number {
  return (hash >>> 24) % count;
}
