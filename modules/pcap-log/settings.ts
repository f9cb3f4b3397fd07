/** Settings of a `pcap-log` output: which packets, into which files. */
import { compileFilter } from '../../engine/capture-file/filter.js';
import type { Config } from '../../engine/config/config.js';
import { ConfigError } from '../../engine/config/config-error.js';
import { boolean, choice, integer, type Option, option, size, text } from '../../engine/config/option.js';
import { logPath, outputEntries } from '../../engine/config/output-list.js';
import { settingsOf } from '../../engine/log-file/settings.js';

const PLACE = { file: 'outputs' };
const PREFIX = 'outputs.*.pcap-log.';
/** Smaller files would be a burden for the file system without use for readers. */
const MIN_LIMIT = 1 << 20;
/** Smaller numbers are megabytes, as in old configurations (`limit: 32`). */
const MIN_IN_BYTES = 4096;

const declared = <T>(name: string, type: Option<T>['type'], fallback: T, summary: string): Option<T> =>
  option(PREFIX + name, type, fallback, summary);

const limitType: Option<number>['type'] = {
  expected: 'a size of 1mb or more such as 32mb',
  parse(value) {
    const number = size.parse(value);
    const inMegabytes = number !== undefined && number < MIN_IN_BYTES;
    const bytes = inMegabytes ? number * MIN_LIMIT : number;
    return bytes !== undefined && bytes >= MIN_LIMIT ? bytes : undefined;
  },
};

const enabled = declared('enabled', boolean, true, 'write packets to capture files');
const filename = declared('filename', text, 'log.pcap', 'name of the files; the time is appended');
const dir = declared('dir', text, '', 'folder of the files; empty: the log folder');
const limit = declared('limit', limitType, 32 << 20, 'maximum bytes of a file; megabytes if below 4096');
const maxFiles = declared('max-files', integer(), 0, 'number of most recent files that are kept; 0: all');
const mode = declared('mode', choice('normal', 'multi', 'sguil'), 'normal', 'one file, or one per thread');
const conditional = declared(
  'conditional',
  choice('all', 'alerts', 'tag'),
  'all',
  'all packets, those of flows with alerts, or those tagged by rules',
);
const history = declared(
  'history',
  size,
  4 << 20,
  'bytes of TCP data packets buffered per thread, for flows with a later alert or tag',
);
const tsFormat = declared('ts-format', choice('sec', 'usec'), 'sec', 'time in the file names');
const useStreamDepth = declared(
  'use-stream-depth',
  boolean,
  false,
  'leave out TCP data beyond the reassembly depth, and encrypted data',
);
const honorPass = declared('honor-pass-rules', boolean, false, 'leave out flows that a rule passed');
const compression = declared('compression', choice('none', 'lz4'), 'none', 'compression of the files');
const checksum = declared('lz4-checksum', boolean, false, 'add a content checksum to compressed files');
const level = declared('lz4-level', integer(0, 16), 0, 'accepted for compatibility: there is only one level');
const filter = declared('bpf-filter', text, '', 'packet filter, in the syntax of tcpdump');

export const PCAP_LOG_OPTIONS = [
  ...[enabled, filename, dir, limit, maxFiles, mode, conditional, history, tsFormat, useStreamDepth],
  ...[honorPass, compression, checksum, level, filter],
];

export interface PcapLogSettings {
  /** Name of the files, with its `%` fields. */
  readonly filename: string;
  readonly folder: string;
  readonly limit: number;
  readonly maxFiles: number;
  readonly multi: boolean;
  readonly conditional: 'all' | 'alerts' | 'tag';
  readonly history: number;
  readonly microseconds: boolean;
  readonly useStreamDepth: boolean;
  readonly honorPass: boolean;
  readonly filter: string;
  /** The files are compressed; whether with a checksum. */
  readonly lz4?: { readonly checksum: boolean };
  readonly suffix: string;
  /** Permissions of a new file. */
  readonly permissions: number;
}

/** @returns undefined when the output is disabled @throws ConfigError for unsupported settings */
export function pcapLogSettings(config: Config): PcapLogSettings | undefined {
  const [entry, second] = outputEntries(config, 'pcap-log');
  if (entry === undefined) return undefined;
  if (second !== undefined) throw new ConfigError(PLACE, 'pcap-log: defined twice; expected at most one');
  const read = entry.readerBelow(PREFIX);
  refuseWhatIsMissing(read(mode));
  const compressed = read(compression) === 'lz4';
  const name = read(filename);
  return {
    filename: name,
    folder: logPath(config, read(dir)),
    limit: read(limit),
    maxFiles: read(maxFiles),
    multi: read(mode) === 'multi',
    conditional: read(conditional),
    history: read(history),
    microseconds: read(tsFormat) === 'usec',
    useStreamDepth: read(useStreamDepth),
    honorPass: read(honorPass),
    filter: checkedFilter(read(filter)),
    ...(compressed && { lz4: { checksum: read(checksum) } }),
    suffix: compressed ? '.lz4' : '',
    permissions: settingsOf(config, logPath(config, name)).mode,
  };
}

function refuseWhatIsMissing(wantedMode: string): void {
  if (wantedMode === 'sguil')
    throw new ConfigError(PLACE, 'pcap-log: mode sguil is not supported; expected normal or multi');
}

function checkedFilter(expression: string): string {
  try {
    compileFilter(expression);
  } catch (error) {
    throw new ConfigError(PLACE, `pcap-log: bpf-filter: ${(error as Error).message}`);
  }
  return expression;
}
