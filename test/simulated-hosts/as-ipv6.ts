/** The same TCP segments between IPv6 hosts: 10.1.2.3 becomes 2001:db8::10:1:2:3. */
import { checksum, concat, ethernet, ipv6, packet, with16 } from '../packets/builder.js';

const ETHERNET = 14;
const PROTOCOL = ETHERNET + 9;
const SOURCE = ETHERNET + 12;
const DESTINATION = ETHERNET + 16;
const END_OF_HEADER = ETHERNET + 20;
const CHECKSUM = 16;

/** @param frame Ethernet, IPv4 without options, TCP */
export function asIpv6(frame: Uint8Array): Uint8Array {
  const source = address6(frame.subarray(SOURCE, DESTINATION));
  const destination = address6(frame.subarray(DESTINATION, END_OF_HEADER));
  const protocol = frame[PROTOCOL]!;
  const segment = with16(frame.subarray(END_OF_HEADER), CHECKSUM, 0);
  const layer = ipv6({ source, destination, protocol });
  const pseudo = layer.pseudoHeader!(protocol, segment.length);
  const sum = checksum(concat(pseudo, segment));
  return packet(ethernet(), layer, with16(segment, CHECKSUM, sum));
}

/** The network of all hosts whose IPv4 addresses begin with these two bytes. */
export const network6 = (first: number, second: number): string => `2001:db8::${first}:${second}:0:0/96`;

function address6(four: Uint8Array): string {
  return `2001:db8::${[...four].join(':')}`;
}
