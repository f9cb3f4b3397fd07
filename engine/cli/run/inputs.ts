/** Packet sources of a run, as settings of the capture module. */
import { readFileSync } from 'node:fs';
import { deviceNames, deviceSettings } from '../../../modules/af-packet/options.js';
import { CONTINUOUS, PASSES, RECURSIVE } from '../../../modules/pcap/options.js';
import { isStandardInput, isUndecodable, UNDECODABLE_NAME } from '../../capture-file/byte-input.js';
import { captureFiles, type FoundFile, totalSize } from '../../capture-file/file-list.js';
import { compileFilter } from '../../capture-file/filter.js';
import type { Config } from '../../config/config.js';
import type { CommandLine } from '../command-line/parse.js';
import { UsageError } from '../usage-error.js';

export interface Inputs {
  /** The module that replaces `input` in a profile. */
  readonly module: 'pcap' | 'nfqueue' | 'af-packet';
  readonly live: boolean;
  /** Settings to apply, like `path=value`, but with lists. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names by `Packet.SOURCE`. */
  readonly names: readonly string[];
  /** Set if packets come from captures. */
  readonly captures?: readonly FoundFile[];
  /** Total size of all captures in bytes, where known. */
  readonly totalBytes?: number;
}

const NO_INPUT = 'Please specify a runmode or capture option. Use --list-runmodes to see available runmodes.';

type InputOptions = Pick<
  CommandLine,
  'captures' | 'queues' | 'devices' | 'afPacket' | 'filter' | 'filterFile'
>;

/** @throws UsageError without an input, or with several kinds of input */
export function checkInputs(options: InputOptions): void {
  const devices = options.devices.length > 0 || options.afPacket;
  const kinds = [options.captures.length > 0, options.queues.length > 0, devices].filter(Boolean).length;
  if (kinds === 0) throw new UsageError(NO_INPUT);
  if (kinds > 1) throw new UsageError('captures (-r), queues (-q) and devices (-i) cannot be combined');
}

/** @throws UsageError when a capture is missing, or an option does not apply */
export function inputsOf(options: InputOptions, config: Config): Inputs {
  const filter = filterSettings(options);
  if (options.captures.length > 0) return captures(options.captures, filter, config);
  if (options.queues.length > 0) {
    const queues = options.queues.flatMap(queueNumbers);
    const twice = queues.find((queue, i) => queues.indexOf(queue) !== i);
    if (twice !== undefined) throw new UsageError(`-q: queue ${twice} is given twice`);
    return {
      module: 'nfqueue',
      live: true,
      settings: { 'nfq.queues': queues, 'engine-mode': 'ips', ...filter },
      names: queues.map(queue => `nfqueue ${queue}`),
    };
  }
  return devices(options.devices, filter, config);
}

function devices(options: readonly string[], filter: Record<string, unknown>, config: Config): Inputs {
  const names = options.length > 0 ? options : deviceNames(config);
  const inline = names.some(name => deviceSettings(config, name).copyMode === 'ips');
  return {
    module: 'af-packet',
    live: true,
    settings: { 'af-packet-devices': names, ...(inline && { 'engine-mode': 'ips' }), ...filter },
    names,
  };
}

function captures(paths: readonly string[], filter: Record<string, unknown>, config: Config): Inputs {
  const recursive = config.read(RECURSIVE);
  const continuous = config.read(CONTINUOUS);
  if (recursive && continuous)
    throw new UsageError('a capture folder can be read recursively or continuously, not both');
  const files = found(paths, recursive);
  const passes = config.read(PASSES);
  if (passes !== 1 && (continuous || paths.some(isStandardInput)))
    throw new UsageError('only complete captures can be read more than once');
  const total = continuous || passes === 0 ? undefined : totalSize(files);
  const totalBytes = total && total * passes;
  return {
    module: 'pcap',
    live: false,
    settings: { 'pcap-file.files': paths, ...filter },
    names: files.map(file => file.path),
    captures: files,
    ...(totalBytes !== undefined && { totalBytes }),
  };
}

function found(paths: readonly string[], recursive: boolean): FoundFile[] {
  try {
    return captureFiles(paths, recursive);
  } catch (error) {
    throw new UsageError(`${(error as NodeJS.ErrnoException).path ?? ''}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT') return message;
  return isUndecodable(path ?? '') ? UNDECODABLE_NAME : 'no such file or folder';
}

/** `0`, or a range `0:3`. */
function queueNumbers(text: string): number[] {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || last > 65_535 || last < first)
    throw new UsageError(`-q ${text}: expected a queue from 0 to 65535, or a range such as 0:3`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function filterSettings({
  filter,
  filterFile,
}: Pick<CommandLine, 'filter' | 'filterFile'>): Record<string, unknown> {
  if (filterFile !== undefined && filter !== '')
    throw new UsageError('a packet filter can be given with -F or as arguments, not both');
  const expression = filterFile === undefined ? filter : readFilter(filterFile);
  if (expression === '') return {};
  try {
    compileFilter(expression);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return { 'bpf-filter': expression };
}

/** The file may have several lines, and comments after `#`. */
function readFilter(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/#.*$/gm, '').replace(/\s+/g, ' ').trim();
  } catch (error) {
    throw new UsageError(`-F: ${(error as Error).message}`);
  }
}
