/**
 * The destination used in the checksum of a transport. If a routing header has segments left, the IPv6 header contains
 * the next hop, and the pseudo header the final destination (RFC 8200 section 8.1), which is in the routing header.
 */
const HEADER = 40;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const ADDRESS = 16;
/** Octets of a routing header before its addresses. */
const BEFORE_ADDRESSES = 8;

/**
 * @param l3 offset of an IPv6 header  @param l4 of the transport; the extension headers between them are complete
 * @returns sum of the words of the final destination; -1 if it is that of the IPv6 header, or unknown
 */
export function routedDestinationSum(bytes: Uint8Array, l3: number, l4: number): number {
  let sum = -1;
  let next = bytes[l3 + 6]!;
  for (let at = l3 + HEADER; at < l4; ) {
    const units = bytes[at + 1]!;
    const length = next === FRAGMENT ? 8 : next === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
    // Later headers are processed at the node that this one leads to: the last one counts.
    if (next === ROUTING && bytes[at + 3] !== 0) sum = lastAddress(bytes, l3, at, length);
    next = bytes[at]!;
    at += length;
  }
  return sum;
}

/** @param at routing header with segments left */
function lastAddress(bytes: Uint8Array, l3: number, at: number, length: number): number {
  switch (bytes[at + 2]) {
    case 0: // RFC 2460 section 4.4: the addresses in order
      return length % ADDRESS === BEFORE_ADDRESSES ? addressSum(bytes, l3, at, at + length, 0) : -1;
    case 2: // RFC 6275 section 6.4: the home address
    case 4: // RFC 8754 section 2: the last segment is first
      return addressSum(bytes, l3, at, Math.min(at + BEFORE_ADDRESSES + ADDRESS, at + length), 0);
    case 3: // RFC 6554 section 3: without the octets shared with the IPv6 destination, and padded
      return addressSum(bytes, l3, at, at + length - (bytes[at + 5]! >> 4), bytes[at + 4]! & 15);
    default:
      return -1;
  }
}

/**
 * @param end offset after the address  @param shared leading octets taken from the IPv6 destination
 * @returns -1 if it does not fit the header at `at`
 */
function addressSum(bytes: Uint8Array, l3: number, at: number, end: number, shared: number): number {
  const start = end - ADDRESS;
  if (start + shared < at + BEFORE_ADDRESSES) return -1;
  let sum = 0;
  for (let i = 0; i < ADDRESS; i++) {
    const octet = bytes[i < shared ? l3 + 24 + i : start + i]!;
    sum += i % 2 === 0 ? octet * 256 : octet;
  }
  return sum;
}
