/**
 * Which rejected packets are answered: errors about errors would loop forever, and packets to or from many hosts would
 * be answered many times (RFC 1122 section 3.2.2, RFC 4443 section 2.4).
 */

import type { Memory } from '../../engine/memory.js';
import { isError4, isError6 } from '../../engine/packet/icmp-type.js';
import * as Packet from '../../engine/packet.js';

const ICMPV4 = 1;
const ICMPV6 = 58;
/** RFC 4861 section 4.5. */
const REDIRECT_V6 = 137;
/** Set in a group MAC address. */
const GROUP_BIT = 1;

/**
 * Whether the packet at `p` can be answered: it was received whole, or was reassembled from all its fragments,
 * and has one sender and one receiver.
 */
export function isAnswerable({ row, bytes }: Memory, p: number): boolean {
  const version = row[p + Packet.IP_VERSION]!;
  const flags = row[p + Packet.FLAGS]!;
  const made = row[p + Packet.PSEUDO] === Packet.PSEUDO_REASSEMBLED && (flags & Packet.FLAG_TUNNEL) === 0;
  if (version === 0 || !(made || row[p + Packet.PSEUDO] === Packet.PSEUDO_NONE)) return false;
  // The content of a fragment is known only from its datagram, which is rejected too.
  if ((flags & Packet.FLAG_FRAGMENT) !== 0) return false;
  const l2 = row[p + Packet.L2]!;
  if (l2 !== 0 && (bytes[l2]! & GROUP_BIT) !== 0) return false;
  const l3 = row[p + Packet.L3]!;
  return version === 4
    ? isHost4(bytes[l3 + 12]!) && isHost4(bytes[l3 + 16]!)
    : isHost6(bytes, l3 + 8) && isHost6(bytes, l3 + 24);
}

/** Whether the packet at `p` is an ICMP message about another packet: no error is sent about it. */
export function isIcmpError({ row }: Memory, p: number): boolean {
  const type = row[p + Packet.SOURCE_PORT]!;
  const protocol = row[p + Packet.PROTOCOL];
  return (
    (protocol === ICMPV4 && isError4(type)) ||
    (protocol === ICMPV6 && (isError6(type) || type === REDIRECT_V6))
  );
}

/** @param first byte of the address: not "this network" (0), nor multicast, reserved or broadcast (224 and above) */
function isHost4(first: number): boolean {
  return first > 0 && first < 224;
}

/** Neither multicast nor unspecified. */
function isHost6(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === 0xff) return false;
  for (let i = 0; i < 16; i++) if (bytes[at + i] !== 0) return true;
  return false;
}
