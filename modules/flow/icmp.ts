/**
 * ICMP as conversations: a request and its reply share a flow, and an error belongs to the flow it quotes.
 * Types are those of RFC 792, 950, 1256 and 4443, 4861, 2710, 4620.
 */
export const ICMP = 1;
export const ICMPV6 = 58;

/** Type of the answer to each type, -1 where there is none. */
function counterparts(pairs: readonly (readonly [number, number])[]): Int16Array {
  const table = new Int16Array(256).fill(-1);
  for (const [a, b] of pairs) {
    table[a] = b;
    table[b] = a;
  }
  return table;
}

// Echo, router advertisement and solicitation, timestamp, information, address mask.
const COUNTERPARTS_V4 = counterparts([
  [8, 0],
  [9, 10],
  [13, 14],
  [15, 16],
  [17, 18],
]);
// Echo, router solicitation and advertisement, neighbour solicitation and advertisement, listener query and report,
// node information.
const COUNTERPARTS_V6 = counterparts([
  [128, 129],
  [133, 134],
  [135, 136],
  [130, 131],
  [139, 140],
]);

/** What stands for the source port of an ICMP packet. */
export function typeAsPort(type: number, code: number): number {
  return type | (code << 8);
}

/** What stands for its destination port: the type of the answer, 0 when there is none. */
export function counterpartAsPort(protocol: number, type: number, code: number): number {
  const counterpart = (protocol === ICMP ? COUNTERPARTS_V4 : COUNTERPARTS_V6)[type & 255]!;
  return counterpart < 0 ? 0 : counterpart | (code << 8);
}

/** Whether this type quotes the packet it is about. Redirects and the obsolete source quench do so too. */
export function isError(protocol: number, type: number): boolean {
  if (protocol === ICMP) return type === 3 || type === 4 || type === 5 || type === 11 || type === 12;
  return protocol === ICMPV6 && type >= 1 && type <= 4;
}
