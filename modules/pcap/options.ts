import { packetFilter } from '../../engine/capture-file/filter-option.js';
import { boolean, choice, integer, option, size, texts } from '../../engine/config/option.js';

export const FILES = option('pcap-file.files', texts, [], 'capture files and folders to read; given by -r');
export const RECURSIVE = option('pcap-file.recursive', boolean, false, 'read the folders inside folders too');
export const CONTINUOUS = option(
  'pcap-file.continuous',
  boolean,
  false,
  'wait for more files in a folder, and for more packets in a file',
);
export const DELETE = option(
  'pcap-file.delete-when-done',
  choice('no', 'yes', 'non-alerts', 'false', 'true'),
  'no',
  'delete a file after it was read: never, always, or when there was no alert',
);
export const SEPARATE = option(
  'pcap-file.separate',
  boolean,
  false,
  'every capture is a world of its own: flows end with it, and records are written in the order of the captures',
);
export const PASSES = option(
  'pcap-file.passes',
  integer(0),
  1,
  'how often the captures are read, one pass after the other; 0: until the run is stopped',
);
export const DELAY = option(
  'pcap-file.delay',
  integer(0, 86_400),
  30,
  'seconds a file in a watched folder must be unchanged',
);
export const POLL_INTERVAL = option(
  'pcap-file.poll-interval',
  integer(1, 86_400),
  5,
  'seconds between two looks at a watched folder',
);
export const BUFFER_SIZE = option(
  'pcap-file.buffer-size',
  size,
  1024 * 1024,
  'most bytes of one read, 4kb to 64mb',
);
export const DAMAGED = option(
  'pcap-file.damaged',
  choice('error', 'warning'),
  'error',
  'what a truncated or corrupt file is: an error that the exit code tells, or a warning',
);
export const FILTER = option(
  'bpf-filter',
  packetFilter,
  '',
  'packets to read, as an expression like that of tcpdump',
);
