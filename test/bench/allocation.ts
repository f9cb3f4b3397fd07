/**
 * Bytes allocated per packet, and native calls per batch: `node --expose-gc --max-semi-space-size=64
 * dist/test/bench/allocation.js`. Prints `Allocation` as JSON.
 *
 * The young generation is so large that nothing is collected during the measurement, so the growth of the heap is what
 * was allocated: a number that does not depend on the load of the machine.
 */
import { native } from '../../engine/native.js';
import { conversations } from './capture.js';
import { openChain } from './chain.js';

export interface Allocation {
  readonly packets: number;
  readonly batches: number;
  readonly bytesPerPacket: number;
  /** Calls of the matcher in the addon; undefined if it is not built. */
  readonly scans: number | undefined;
}

/** Enough rounds for the compiler to have optimized everything. */
const WARM_UP = 30;
const MEASURED = 4;

const packets = conversations(2000);
const scans = countScans();
const chain = await openChain(packets);
for (let i = 0; i < WARM_UP; i++) chain.run();
const collect = (globalThis as { gc?: () => void }).gc!;
collect();
const scansBefore = scans?.count ?? 0;
const before = process.memoryUsage().heapUsed;
let batches = 0;
for (let i = 0; i < MEASURED; i++) batches += chain.run();
const grown = process.memoryUsage().heapUsed - before;
const result: Allocation = {
  packets: MEASURED * packets.length,
  batches,
  bytesPerPacket: grown / (MEASURED * packets.length),
  scans: scans && scans.count - scansBefore,
};
console.log(JSON.stringify(result));

/** Wraps the addon's function in a counter. */
function countScans(): { count: number } | undefined {
  const addon = native();
  if (!addon?.versions.hyperscan) return undefined;
  const counted = { count: 0 };
  const scan = addon.scan.bind(addon);
  addon.scan = (bytes, jobs, count, matches) => {
    counted.count++;
    return scan(bytes, jobs, count, matches);
  };
  return counted;
}
