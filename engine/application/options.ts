/** Limits of the application layer as a whole. */
import { integer, option, size } from '../config/option.js';

export const SOCKET_LIMIT = option(
  'app-layer.socket-limit',
  size,
  1 << 20,
  'bytes that a parser may buffer while it waits for more',
);
export const MAX_TRANSACTIONS = option(
  'app-layer.max-transactions',
  integer(1),
  4096,
  'open transactions per flow; beyond it the oldest is completed',
);

export const FRAME_LIMIT = option(
  'app-layer.frame-limit',
  size,
  1 << 20,
  'bytes of a frame that signatures can inspect',
);

export const PLUGIN_TURN_TIME = option(
  'app-layer.plugin-turn-time',
  integer(1, 60_000),
  500,
  'milliseconds after which a parser plugin that does not return is interrupted and disabled',
);

export const APPLICATION_OPTIONS = [SOCKET_LIMIT, MAX_TRANSACTIONS, FRAME_LIMIT, PLUGIN_TURN_TIME];
