/** The `outputs` list of the configuration: entries such as `- eve-log: { enabled: yes, … }`, several per name. */
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

/** Whether a listed output is enabled; within an entry. */
export const enabled = option('enabled', boolean, true, 'enable this output');

/** An entry of the list: the kind of output, and its settings. */
export interface OutputEntry {
  readonly name: string;
  readonly settings: Config;
}

/** An entry with its position in the list. */
export interface ListedOutput extends OutputEntry {
  readonly index: number;
}

/** The enabled entries, in order. For an item with several names the first counts. */
export function enabledOutputs(config: Config): ListedOutput[] {
  const list = config.read(outputs);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item, index) => {
    const entry = outputEntryIn(item);
    return entry?.settings.read(enabled) ? { ...entry, index } : [];
  });
}

/** Settings of the enabled entries of this name, in order. */
export function outputEntries(config: Config, name: string): Config[] {
  return enabledOutputs(config)
    .filter(entry => entry.name === name)
    .map(entry => entry.settings);
}

/** The bit of the i-th entry of an output; entries beyond the 32nd share the last one. */
export const outputBit = (index: number): number => 1 << Math.min(index, 31);

/**
 * Settings of a record type (`dns`, `tls`) in each enabled `eve-log` entry, in order; undefined if the entry does not
 * list it.
 */
export function recordTypeSettings(config: Config, type: string): (Config | undefined)[] {
  return outputEntries(config, 'eve-log').map(entry => {
    return recordTypes(entry.at('types')).get(type);
  });
}

/**
 * Enabled record types with their settings: `- alert`, or `- alert: { … }`. For an item with several names (a result of
 * missing indentation) the first counts; for several items of one type, the last.
 */
export function recordTypes(list: unknown): Map<string, Config> {
  const found = new Map<string, Config>();
  for (const item of Array.isArray(list) ? list : []) {
    const entry = outputEntryIn(item);
    if (entry?.settings.read(enabled)) found.set(entry.name, entry.settings);
  }
  return found;
}

/** Outputs with a record type, as bits (see `outputBit`): those with an option of it enabled, and the others. */
export interface OutputsByOption {
  readonly on: number;
  readonly off: number;
}

/** @param flag option below the record type, which is off by default */
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
function outputEntryIn(item: unknown): OutputEntry | undefined {
  if (typeof item === 'string') return { name: item, settings: new Config({}) };
  if (item === null || typeof item !== 'object') return undefined;
  const [first] = Object.entries(item);
  if (!first) return undefined;
  const [name, settings] = first;
  const tree = settings !== null && typeof settings === 'object' ? (settings as ConfigTree) : {};
  return { name, settings: new Config(tree) };
}

/**
 * Path of a log file: names without a leading slash are in the log folder. Normalized, so that each file has one path.
 */
export function logPath(config: Config, filename: string): string {
  return isAbsolute(filename) ? normalize(filename) : join(config.read(logFolder), filename);
}
