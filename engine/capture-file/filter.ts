/** Packet filters: which packets of a capture are read. */

/** @returns whether the packet in `bytes[data, data + length)` is wanted */
export type PacketFilter = (
  bytes: Uint8Array,
  data: number,
  length: number,
  wireLength: number,
  linkType: number,
) => boolean;

/** @returns undefined for an empty expression @throws Error when the expression is not understood */
export function compileFilter(expression: string): PacketFilter | undefined {
  if (expression.trim() === '') return undefined;
  throw new Error(`packet filter "${expression}": not understood`);
}
