/** How log files are written: the settings of the output that owns a file. */
import type { Config } from '../config/config.js';
import { boolean, type OptionType, option, size, sizeFrom } from '../config/option.js';
import { enabledOutputs, logPath } from '../config/output-list.js';

export interface LogFileSettings {
  readonly append: boolean;
  /** Permissions of a new file. */
  readonly mode: number;
  /** Apply the mode exactly, regardless of the umask and of an existing file. */
  readonly exactMode?: boolean;
  /** Seconds, aligned to the clock; 0: never. */
  readonly rotateInterval: number;
  /** Bytes after which the file is reopened. */
  readonly rotateSize: number;
  readonly bufferSize: number;
}

const MIN_BUFFER = 4096;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604_800 };
const WORDS = new Map([
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
]);

/** `minute`, `hour`, `day`, or a number with s, m, h, d or w. */
const interval: OptionType<number> = {
  expected: 'minute, hour, day, or a number with s, m, h, d or w such as 30m',
  parse(value) {
    const text = String(value).toLowerCase();
    const match = /^(\d+)([smhdw]?)$/.exec(text);
    return WORDS.get(text) ?? (match ? Number(match[1]) * UNITS[match[2] || 's']! : undefined);
  },
};

/** Octal digits, as in `chmod`. */
const permissions: OptionType<number> = {
  expected: 'permissions in octal such as 644',
  parse: value =>
    /^0?o?[0-7]{3}$/.test(String(value))
      ? Number.parseInt(String(value).replace(/^0?o?(?=\d{3}$)/, ''), 8)
      : undefined,
};

const append = option('outputs.*.*.append', boolean, true, 'append to an existing file');
const mode = option('outputs.*.*.filemode', permissions, 0o644, 'permissions of the file');
const rotateInterval = option(
  'outputs.*.*.rotate-interval',
  interval,
  0,
  'interval at which the file is rotated',
);
const rotateSize = option(
  'outputs.*.*.rotate-size',
  size,
  0,
  'size in bytes at which the file is rotated (0: never)',
);
const bufferSize = option(
  'outputs.*.*.buffer-size',
  sizeFrom('0', '1gb'),
  256 << 10,
  'bytes buffered before writing; at least 4 KiB',
);

export const logFileOptions = [append, mode, rotateInterval, rotateSize, bufferSize];

/** Settings of the output that writes `file` (as given to `Thread.openLog`); defaults if none does. */
export function settingsOf(config: Config, file: string): LogFileSettings {
  // Files of single threads have a number in their name: eve.3.json.
  const names = [file, file.replace(/\.\d+(?=(\.[^./]+)?$)/, '')];
  const entry = enabledOutputs(config).find(({ settings, name }) =>
    names.includes(fileOf(config, settings, name) ?? ''),
  )?.settings;
  const read = <T>(wanted: { path: string; type: OptionType<T>; fallback: T; summary: string }): T =>
    entry ? entry.read({ ...wanted, path: wanted.path.split('.').at(-1)! }) : wanted.fallback;
  return {
    append: read(append),
    mode: read(mode),
    exactMode: entry?.at('filemode') !== undefined,
    rotateInterval: read(rotateInterval),
    rotateSize: read(rotateSize) || Number.POSITIVE_INFINITY,
    bufferSize: Math.max(MIN_BUFFER, read(bufferSize)),
  };
}

const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  'eve-log': 'eve.json',
  fast: 'fast.log',
  stats: 'stats.log',
  'http-log': 'http.log',
  'tls-log': 'tls.log',
};

/** The file that an output writes; undefined for one without a file of lines. */
export function fileOf(config: Config, settings: Config, name: string): string | undefined {
  const filename = settings.at('filename') ?? DEFAULT_NAMES[name];
  return filename === undefined ? undefined : logPath(config, String(filename));
}
