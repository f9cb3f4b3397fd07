import { packetFilter } from '../../engine/capture-file/filter-option.js';
import { boolean, choice, integer, option, size, texts } from '../../engine/config/option.js';

export const FILES = option('pcap-file.files', texts, [], 'capture files and folders to read; given by -r');
export const RECURSIVE = option('pcap-file.recursive', boolean, false, 'include subfolders');
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
  'delete a file after reading it: never, always, or if there was no alert',
);
export const SEPARATE = option(
  'pcap-file.separate',
  boolean,
  false,
  'process every capture on its own: flows end with it, and records are written in the order of the captures',
);
export const PASSES = option(
  'pcap-file.passes',
  integer(0),
  1,
  'number of passes over the captures; 0: until the run is stopped',
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
  'seconds between two checks of a watched folder',
);
export const BUFFER_SIZE = option(
  'pcap-file.buffer-size',
  size,
  1024 * 1024,
  'maximum bytes per read, 4kb to 64mb',
);
export const DAMAGED = option(
  'pcap-file.damaged',
  choice('error', 'warning'),
  'error',
  'how a truncated or corrupt file is reported: as an error, with exit code 1, or as a warning',
);
export const FILTER = option('bpf-filter', packetFilter, '', 'packet filter, in the syntax of tcpdump');
