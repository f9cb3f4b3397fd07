/** Configuration of reassembly: `stream.reassembly` in the YAML. */
import { type AnyOption, boolean, choice, integer, option, size } from '../../../engine/config/option.js';
import { RAW_REASSEMBLY } from '../../../engine/stream/raw-reassembly.js';
import { STREAM_DEPTH } from '../../../engine/stream/stream-depth.js';

export const MEMCAP = option(
  'stream.reassembly.memcap',
  size,
  256 * 2 ** 20,
  'memory for stream data and segments; 0: all memory of the threads',
);
export const SEGMENT_PREALLOC = option(
  'stream.reassembly.segment-prealloc',
  integer(0, 2 ** 24),
  2048,
  'preallocated segments per thread',
);
export const MAX_REGIONS = option(
  'stream.reassembly.max-regions',
  integer(0),
  8,
  'maximum regions of data, 256 KiB or more apart, per direction; 0: no limit',
);
export const CHECK_OVERLAPS = option(
  'stream.reassembly.check-overlap-different-data',
  boolean,
  true,
  'compare retransmitted bytes with those kept, and raise an event if they differ',
);
export const OUT_OF_ORDER_LIMITS = option(
  'stream.reassembly.out-of-order-limits',
  choice('off', 'strict'),
  'off',
  'strict: at most 5 segments, 5,000 bytes and 2 gaps after the contiguous data of a direction',
);
export const MAX_OUT_OF_ORDER_PACKETS = option(
  'stream.reassembly.max-out-of-order-packets',
  integer(0),
  0,
  'maximum out-of-order segments per direction; 0: as set by out-of-order-limits',
);
export const MAX_OUT_OF_ORDER_BYTES = option(
  'stream.reassembly.max-out-of-order-bytes',
  size,
  0,
  'maximum out-of-order bytes per direction; 0: as set by out-of-order-limits',
);
export const MAX_OUT_OF_ORDER_HOLES = option(
  'stream.reassembly.max-out-of-order-holes',
  integer(0),
  0,
  'maximum gaps per direction; 0: as set by out-of-order-limits',
);

/** Set by `--simulate-packet-tcp-reassembly-memcap`. */
export const SIMULATED_MEMCAP = option(
  'simulate.packet-tcp-reassembly-memcap',
  integer(0),
  0,
  'fault injection: number of the packet for which the reassembly memcap counts as reached',
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
