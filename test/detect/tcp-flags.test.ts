/** Rules are preselected by SYN and ACK: no rule may be missed because of that. */
import { expect, it } from 'vitest';
import * as Packet from '../../engine/packet.js';
import { sensorFor } from './sensor.js';

const [FIN, SYN, ACK, ECE] = [1, 2, 16, 64];
const PACKETS = [0, FIN, SYN, ACK, SYN | ACK, FIN | ACK, SYN | ECE, SYN | FIN | ACK];

it.each<[string, (flags: number) => boolean]>([
  ['0', flags => flags === 0],
  ['S', flags => flags === SYN],
  ['SA', flags => flags === (SYN | ACK)],
  ['S,CE', flags => (flags & ~ECE) === SYN],
  ['S,A', flags => (flags & ~ACK) === SYN],
  ['A,S', flags => (flags & ~SYN) === ACK],
  ['F,SA', flags => (flags & ~(SYN | ACK)) === FIN],
  ['+S', flags => (flags & SYN) !== 0],
  ['+FA', flags => (flags & (FIN | ACK)) === (FIN | ACK)],
  ['*SA', flags => (flags & (SYN | ACK)) !== 0],
])('flags:%s matches exactly the packets with these flags', async (wanted, holds) => {
  const sensor = await sensorFor(`alert tcp any any -> any any (flags:${wanted}; sid:1;)`);
  const { row } = sensor.thread.memory;
  const withSlots = ([slot]: readonly number[]) => {
    row[slot! * Packet.INTS + Packet.L4] = row[slot! * Packet.INTS + Packet.L3]!;
  };
  const seen = PACKETS.filter(tcpFlags => sensor.see({ tcpFlags, withSlots }).length > 0);
  expect(seen).toEqual(PACKETS.filter(holds));
});
