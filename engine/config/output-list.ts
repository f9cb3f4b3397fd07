/** The `outputs` list of the configuration: entries such as `- eve-log: { enabled: yes, … }`, several of a name. */
import { isAbsolute, join } from 'node:path';
import { Config, type ConfigTree } from './config.js';
import { boolean, option, text, tree } from './option.js';

export const outputs = option(
  'outputs',
  tree,
  [],
  'what is logged where: a list of outputs, each with its settings',
);
export const logFolder = option(
  'default-log-dir',
  text,
  '/var/log/sluice/',
  'folder of log files without a path',
);

/** Whether an output that is listed is on; inside an entry. */
export const enabled = option('enabled', boolean, true, 'whether this output is on');

/** Settings of the enabled entries under `name`, in order. */
export function outputEntries(config: Config, name: string): Config[] {
  const list = config.read(outputs);
  if (!Array.isArray(list)) return [];
  return list.flatMap(entry => entryOf(entry, name) ?? []).filter(entry => entry.read(enabled));
}

function entryOf(entry: unknown, name: string): Config | undefined {
  if (entry === name) return new Config({});
  if (entry === null || typeof entry !== 'object' || !Object.hasOwn(entry, name)) return undefined;
  const settings = (entry as Record<string, unknown>)[name];
  return new Config(settings !== null && typeof settings === 'object' ? (settings as ConfigTree) : {});
}

/** Where a log file lies: names without a leading slash in the log folder. */
export function logPath(config: Config, filename: string): string {
  return isAbsolute(filename) ? filename : join(config.read(logFolder), filename);
}
