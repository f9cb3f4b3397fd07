/** Options of threads and of the memory they share. */
import type { Config } from '../config/config.js';
import { boolean, integer, memory, option, size, sizeFrom } from '../config/option.js';
import { statisticsOptions } from '../statistics.js';
import type { PlanSizes } from '../thread/layout.js';

const PACKETS = option(
  'threading.pool-packets',
  integer(512, 1 << 20),
  8192,
  'packets in flight for each thread that acquires packets',
);
const POOL_BYTES = option(
  'threading.pool-memory',
  size,
  32 * 2 ** 20,
  'memory for the bytes of these packets',
);
const BLOCK = option(
  'threading.block-size',
  sizeFrom('64kb', '1gb'),
  2 ** 20,
  'size of memory blocks, and of reads from captures',
);
const SCRATCH = option(
  'threading.scratch-memory',
  size,
  8 * 2 ** 20,
  'memory of a thread for its work on one batch',
);
export const BATCH = option(
  'threading.batch-size',
  integer(1, 4096),
  256,
  'packets that a thread processes per batch',
);
export const OWNERSHIP = option(
  'threading.ownership-check',
  boolean,
  false,
  'check at every handover that a packet has one owner',
);
export const WATCHDOG = option(
  'threading.watchdog',
  integer(0, 3600),
  10,
  'seconds without progress after which a thread counts as failed, with live traffic; 0: never',
);
const LOG_MEMORY = option(
  'outputs-buffer',
  sizeFrom('64kb', '1gb'),
  4 * 2 ** 20,
  'memory per thread for log lines that are not yet written',
);
const STREAM_MEMCAP = option(
  'stream.reassembly.memcap',
  size,
  256 * 2 ** 20,
  'memory for reassembled streams; 0: 1gb, the maximum',
);
const FLOW_MEMCAP = option('flow.memcap', memory, 128 * 2 ** 20, 'memory for flow records');

export const ENGINE_OPTIONS = [
  ...[PACKETS, POOL_BYTES, BLOCK, SCRATCH, BATCH, OWNERSHIP, WATCHDOG, LOG_MEMORY],
  ...statisticsOptions,
];

/** Structures in shared memory begin at multiples of a cache line; packets are received at multiples of 8. */
const LINE = 64;

/** Maximum bytes of one stream memory, used for a limit of 0. */
const MAX_BYTES = 2 ** 30;

/** Total bytes per flow: its record, hash entry and the state of stream and detection. */
const FLOW_BYTES = 320;

export function planSizes(config: Config): PlanSizes {
  return {
    poolSlots: config.read(PACKETS),
    poolBytes: roundToCacheLines(config.read(POOL_BYTES)),
    blockSize: roundToCacheLines(config.read(BLOCK)),
    flows: Math.floor(config.read(FLOW_MEMCAP) / FLOW_BYTES),
    streamBytes: Math.min(config.read(STREAM_MEMCAP) || MAX_BYTES, MAX_BYTES),
    scratchBytes: roundToCacheLines(config.read(SCRATCH)),
    logBytes: config.read(LOG_MEMORY),
  };
}

function roundToCacheLines(bytes: number): number {
  return Math.floor(bytes / LINE) * LINE;
}
