/**
 * Packet filters: which packets of a capture are read, by an expression in the language of tcpdump (pcap-filter): host,
 * net, port, portrange, proto, vlan, less, greater, broadcast, multicast, with src, dst, and, or, not, parentheses, and
 * relations such as `tcp[13] & 2 != 0` and `len > 100`.
 *
 * Unlike tcpdump, VLAN tags are skipped: `tcp port 80` matches tagged packets too. Header bytes of TCP and other
 * protocols are accessible over IPv6, too.
 */
import { type Facts, readFacts } from './filter/facts.js';
import { parseFilter } from './filter/parse.js';

/** @returns whether the packet in `bytes[data, data + length)` matches */
export type PacketFilter = (
  bytes: Uint8Array,
  data: number,
  length: number,
  wireLength: number,
  linkType: number,
) => boolean;

/** @returns undefined for an empty expression @throws FilterError if the expression is invalid */
export function compileFilter(expression: string): PacketFilter | undefined {
  if (expression.trim() === '') return undefined;
  const test = parseFilter(expression);
  const facts: Facts = {
    bytes: new Uint8Array(0),
    wireLength: 0,
    link: 0,
    end: 0,
    ethernet: -1,
    vlans: 0,
    vlan: [-1, -1, -1],
    etherType: -1,
    layer3: -1,
    network: -1,
    protocol: -1,
    source: -1,
    destination: -1,
    addressLength: 0,
    sourcePort: -1,
    transport: -1,
    destinationPort: -1,
    refused: false,
  };
  return (bytes, data, length, wireLength, linkType) => {
    readFacts(facts, bytes, data, length, wireLength, linkType);
    return test(facts) && !facts.refused;
  };
}
