/** The `outputs` list of the configuration: entries such as `- eve-log: { enabled: yes, … }`, several of a name. */
import { isAbsolute, join, normalize } from 'node:path';
import { Config, type ConfigTree } from './config.js';
import { boolean, type Option, option, text, tree } from './option.js';

export const outputs = option('outputs', tree, [], 'outputs, a list with the settings of each');
export const logFolder = option(
  'default-log-dir',
  text,
  '/var/log/sluice/',
  'folder for log files without a path',
);

/** Whether an output that is listed is on; inside an entry. */
export const enabled = option('enabled', boolean, true, 'enable this output');

/** An entry of the list: what kind of output it is, and its settings. */
export interface OutputEntry {
  readonly name: string;
  readonly settings: Config;
}

/** An entry with its place in the list. */
export interface ListedOutput extends OutputEntry {
  readonly index: number;
}

/** The entries that are on, in order. Of an item with several names the first counts. */
export function enabledOutputs(config: Config): ListedOutput[] {
  const list = config.read(outputs);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, index) => {
    const entry = entryIn(item);
    return entry?.settings.read(enabled) ? { ...entry, index } : [];
  });
}

/** Settings of the entries under `name` that are on, in order. */
export function outputEntries(config: Config, name: string): Config[] {
  return enabledOutputs(config)
    .filter(entry => entry.name === name)
    .map(entry => entry.settings);
}

/** The bit that stands for the i-th entry of an output; entries beyond the 32nd share the last one. */
export const outputBit = (index: number): number => 1 << Math.min(index, 31);

/**
 * Settings of a record type (`dns`, `tls`) in each `eve-log` entry that is on, in order; undefined where the entry
 * does not list it.
 */
export function recordTypeSettings(config: Config, type: string): (Config | undefined)[] {
  return outputEntries(config, 'eve-log').map(entry => {
    return recordTypes(entry.at('types')).get(type);
  });
}

/**
 * Record types that are on, with their settings: `- alert`, or `- alert: { … }`. Of an item with several names, as an
 * indentation that is forgotten makes them, the first counts; of several items for one type the last.
 */
export function recordTypes(list: unknown): Map<string, Config> {
  const found = new Map<string, Config>();
  for (const item of Array.isArray(list) ? list : []) {
    const entry = entryIn(item);
    if (entry?.settings.read(enabled)) found.set(entry.name, entry.settings);
  }
  return found;
}

/** Outputs with a record type, as bits (see `outputBit`): those where an option of it is on, and the others. */
export interface OutputsByOption {
  readonly on: number;
  readonly off: number;
}

/** @param name of an option below the record type, which is off by default */
export function outputsByOption(config: Config, type: string, flag: Option<boolean>): OutputsByOption {
  const name = flag.path.slice(flag.path.lastIndexOf('.') + 1);
  let [on, off] = [0, 0];
  for (const [index, entry] of recordTypeSettings(config, type).entries()) {
    if (entry?.read({ ...flag, path: name })) on |= outputBit(index);
    else if (entry) off |= outputBit(index);
  }
  return { on: on >>> 0, off: off >>> 0 };
}

/** `- stats`, or `- stats: { … }`. */
function entryIn(item: unknown): OutputEntry | undefined {
  if (typeof item === 'string') return { name: item, settings: new Config({}) };
  if (item === null || typeof item !== 'object') return undefined;
  const [first] = Object.entries(item);
  if (!first) return undefined;
  const [name, settings] = first;
  const tree = settings !== null && typeof settings === 'object' ? (settings as ConfigTree) : {};
  return { name, settings: new Config(tree) };
}

/** Where a log file lies: names without a leading slash in the log folder. A file has one name, however it is written. */
export function logPath(config: Config, filename: string): string {
  return isAbsolute(filename) ? normalize(filename) : join(config.read(logFolder), filename);
}
