/** Options of the flow table. */
import { integer, memory, option } from '../../engine/config/option.js';

export const memcap = option(
  'flow.memcap',
  memory,
  128 << 20,
  'memory of all flow tables; beyond it no new flows',
);
export const hashSize = option(
  'flow.hash-size',
  integer(16, 2 ** 24),
  65536,
  'initial entries of the hash index',
);
export const emergencyRecovery = option(
  'flow.emergency-recovery',
  integer(1, 100),
  30,
  'percentage of free rows at which emergency mode ends',
);
/** Fault injection: the allocation of a new flow fails for the packet with this number. */
export const simulatedMemcap = option(
  'simulate.packet-flow-memcap',
  integer(0),
  0,
  'fault injection: number of the packet for which the flow memcap counts as reached',
);
