/** Options of the command line and configuration for checksums of captured packets. */
import type { Config } from '../config/config.js';
import { choice, option } from '../config/option.js';

/** Set by `-k`: it overrides the configuration of checksums. */
export const captureChecksums = option(
  'capture.checksum-validation',
  choice('auto', 'all', 'none'),
  'auto',
  'verify checksums: all, none, or as set by stream.checksum-validation and pcap-file.checksum-checks (auto)',
);

export const fileChecksums = option(
  'pcap-file.checksum-checks',
  choice('auto', 'yes', 'no'),
  'auto',
  'verify checksums of capture files; auto stops if a tenth of the first 1000 packets is invalid',
);

/** Whether no checksums are verified: all are considered correct. */
export function ignoresChecksums(config: Config): boolean {
  const capture = config.read(captureChecksums);
  return capture === 'none' || (capture === 'auto' && config.read(fileChecksums) === 'no');
}
