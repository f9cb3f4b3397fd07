/** Options of detections written as code. */
import { choice, integer, option, size, texts } from '../../engine/config/option.js';

export const FILES = option(
  'detections.files',
  texts,
  [],
  'detections as code: paths relative to this file, or packages',
);
export const MAY = option(
  'detections.may',
  texts,
  ['alert', 'drop', 'bypass', 'stop', 'files', 'network'],
  'upper limit of the actions that detections may request',
);
export const HELD_MEMORY = option(
  'detections.held-memory',
  size,
  16 * 1024,
  'bytes of each side of a flow that a detection may buffer while it waits',
);
export const ALL_HELD = option(
  'detections.memcap',
  size,
  64 * 2 ** 20,
  'bytes of all flows that the detections of a thread may buffer',
);
export const PREFILTER_WINDOW = option(
  'detections.prefilter-window',
  size,
  4096,
  'bytes at the start of a side in which the contents of a detection must match',
);
export const TURN_TIME = option(
  'detections.turn-time',
  integer(1, 60_000),
  500,
  'milliseconds after which a detection that does not return is interrupted and disabled',
);
export const GROWTH = option(
  'detections.memory-growth',
  size,
  256 * 2 ** 20,
  'memory that a detection may allocate within one batch of packets before it is disabled',
);
export const MAX_ERRORS = option(
  'detections.most-errors',
  integer(1),
  100,
  'errors of a detection in one thread after which it is disabled',
);
export const ERROR_POLICY = option(
  'detections.error-policy',
  choice('ignore', 'drop-packet', 'drop-flow', 'pass-flow'),
  'ignore',
  'exception policy for a flow whose detection failed; drops only inline',
);
export const ALERTS_PER_FLOW = option(
  'detections.alerts-per-flow',
  integer(1),
  16,
  'maximum alerts of one detection per flow',
);

export const detectionOptions = [
  FILES,
  MAY,
  HELD_MEMORY,
  ALL_HELD,
  PREFILTER_WINDOW,
  TURN_TIME,
  GROWTH,
  MAX_ERRORS,
  ERROR_POLICY,
  ALERTS_PER_FLOW,
];
