/** Options of detection. */
import { boolean, integer, option, size } from '../../engine/config/option.js';
import { RAW_REASSEMBLY } from '../../engine/stream/raw-reassembly.js';
import { stateOptions } from '../../signatures/state/detection-state.js';
import { reputationOptions } from '../../signatures/state/reputations.js';
import { CERTIFICATE_OPTIONS } from './certificate-files.js';

export const PACKET_ALERT_MAX = option(
  'packet-alert-max',
  integer(1, 65535),
  15,
  'maximum alerts per packet',
);
export const TO_SERVER_CHUNK = option(
  'stream.reassembly.toserver-chunk-size',
  size,
  2560,
  'IDS mode: bytes to the server per inspection of a stream; inline: size of the window inspected with each packet',
);
export const TO_CLIENT_CHUNK = option(
  'stream.reassembly.toclient-chunk-size',
  size,
  2560,
  'IDS mode: bytes to the client per inspection of a stream; inline: size of the window inspected with each packet',
);
export const HISTORY_MEMCAP = option(
  'detect.stream-history-memcap',
  size,
  64 * 2 ** 20,
  'memory per thread for stream data that signatures may still inspect',
);
export const SCAN_ROOM = option(
  'detect.scan-room',
  size,
  4 * 2 ** 20,
  'memory per thread for transaction buffers to be scanned',
);

export const RECURSION_LIMIT = option(
  'detect.inspection-recursion-limit',
  integer(0),
  3000,
  'maximum inspection steps for the conditions on one buffer; 0: no limit',
);

export const GUESS_TRANSACTION = option(
  'detect.guess-applayer-tx',
  boolean,
  false,
  'log stream alerts with the current transaction',
);

export const TRANSACTION_LOGS = option(
  'detect.stream-tx-log-limit',
  integer(0),
  4,
  'maximum stream alerts logged with one transaction',
);

export const detectOptions = [
  PACKET_ALERT_MAX,
  TO_SERVER_CHUNK,
  TO_CLIENT_CHUNK,
  HISTORY_MEMCAP,
  SCAN_ROOM,
  RECURSION_LIMIT,
  GUESS_TRANSACTION,
  TRANSACTION_LOGS,
  RAW_REASSEMBLY,
  ...stateOptions,
  ...reputationOptions,
  ...CERTIFICATE_OPTIONS,
];
