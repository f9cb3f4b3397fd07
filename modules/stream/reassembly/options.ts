/** Configuration of reassembly: `stream.reassembly` in the YAML. */
import { type AnyOption, boolean, choice, integer, option, size } from '../../../engine/config/option.js';
import { RAW_REASSEMBLY } from '../../../engine/stream/raw-reassembly.js';
import { STREAM_DEPTH } from '../../../engine/stream/stream-depth.js';

export const MEMCAP = option(
  'stream.reassembly.memcap',
  size,
  256 * 2 ** 20,
  'Memory for stream data and pieces; 0: as much as the threads have',
);
export const SEGMENT_PREALLOC = option(
  'stream.reassembly.segment-prealloc',
  integer(0, 2 ** 24),
  2048,
  'Pieces that each thread has room for from the beginning',
);
export const MAX_REGIONS = option(
  'stream.reassembly.max-regions',
  integer(0),
  8,
  'Regions of data, 256 KiB or more apart, that one direction may hold; 0: no limit',
);
export const CHECK_OVERLAPS = option(
  'stream.reassembly.check-overlap-different-data',
  boolean,
  true,
  'Compare retransmitted bytes with those kept, and set an event when they differ',
);
export const OUT_OF_ORDER_LIMITS = option(
  'stream.reassembly.out-of-order-limits',
  choice('off', 'strict'),
  'off',
  'strict: at most 5 pieces, 5,000 bytes and 2 holes behind the contiguous data of a direction',
);
export const MAX_OUT_OF_ORDER_PACKETS = option(
  'stream.reassembly.max-out-of-order-packets',
  integer(0),
  0,
  'Pieces that may wait behind holes in one direction; 0: as out-of-order-limits says',
);
export const MAX_OUT_OF_ORDER_BYTES = option(
  'stream.reassembly.max-out-of-order-bytes',
  size,
  0,
  'Bytes that may wait behind holes in one direction; 0: as out-of-order-limits says',
);
export const MAX_OUT_OF_ORDER_HOLES = option(
  'stream.reassembly.max-out-of-order-holes',
  integer(0),
  0,
  'Holes that one direction may have; 0: as out-of-order-limits says',
);

/** Set by `--simulate-packet-tcp-reassembly-memcap`. */
export const SIMULATED_MEMCAP = option(
  'simulate.packet-tcp-reassembly-memcap',
  integer(0),
  0,
  'number of the packet for which the memory of streams counts as used up',
);

export const REASSEMBLY_OPTIONS: readonly AnyOption[] = [
  RAW_REASSEMBLY,
  MEMCAP,
  STREAM_DEPTH,
  SEGMENT_PREALLOC,
  MAX_REGIONS,
  CHECK_OVERLAPS,
  OUT_OF_ORDER_LIMITS,
  MAX_OUT_OF_ORDER_PACKETS,
  MAX_OUT_OF_ORDER_BYTES,
  MAX_OUT_OF_ORDER_HOLES,
  SIMULATED_MEMCAP,
];
