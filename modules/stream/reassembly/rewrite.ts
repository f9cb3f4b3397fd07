/** Updates the checksum of a TCP segment whose payload was changed in place (RFC 1624). */
import type { Memory } from '../../../engine/memory.js';
import * as Packet from '../../../engine/packet.js';

const TCP_CHECKSUM = 16;

/** @param change change of the sum of the 16-bit words of the payload */
export function repairChecksum(memory: Memory, slot: number, change: number): void {
  const p = slot * Packet.INTS;
  const at = (memory.row[p + Packet.L4]! >>> 0) + TCP_CHECKSUM;
  // Ones' complement arithmetic is arithmetic modulo 65535; a sum of zero is written as 65535.
  let sum = ((~memory.view.getUint16(at) & 0xffff) + change) % 0xffff;
  if (sum <= 0) sum += 0xffff;
  memory.view.setUint16(at, ~sum & 0xffff);
  memory.row[p + Packet.FLAGS]! |= Packet.FLAG_MODIFIED;
}
