/** Loads a configuration: a file with what it includes, then the environment, then `--include` and `--set`. */
import { type Assignment, assign, keysOf, readAssignment } from './assign.js';
import { Config } from './config.js';
import type { Place } from './config-error.js';
import { type Mapping, plainValue } from './scalar.js';
import { type Places, readYamlFile } from './yaml-file.js';

export interface ConfigSources {
  /** Main file; without one the configuration is empty. */
  readonly file?: string;
  /** Files whose keys replace those of the main file. */
  readonly includes?: readonly string[];
  /** `path=value` texts; the last one of a path wins. */
  readonly sets?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each key stands, by dotted path. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Variables of the environment that begin so set options: `SLUICE__stream__inline=yes`. */
const VARIABLE = 'SLUICE__';
/** Folders, separated by colons, in which included files are looked for when they are not where they should be. */
const INCLUDE_PATH = 'SLUICE_INCLUDE_PATH';

/** @throws ConfigError with place and reason */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const tree: Mapping = {};
  const places: Places = new Map();
  const includePath = (sources.environment?.[INCLUDE_PATH] ?? '').split(':').filter(folder => folder !== '');
  for (const file of [sources.file, ...(sources.includes ?? [])])
    if (file !== undefined) addFile(tree, places, file, includePath);
  for (const [name, value] of Object.entries(sources.environment ?? {})) {
    if (name.startsWith(VARIABLE) && value !== undefined)
      add(tree, places, readVariable(name, value), { file: `environment ${name}` });
  }
  for (const text of sources.sets ?? []) add(tree, places, readAssignment(text, '--set'), { file: '--set' });
  return { config: new Config(tree), places };
}

function addFile(tree: Mapping, places: Places, file: string, includePath: readonly string[]): void {
  const read = readYamlFile(file, includePath);
  Object.assign(tree, read.tree);
  for (const [path, place] of read.places) places.set(path, place);
}

function add(tree: Mapping, places: Places, assignment: Assignment, place: Place): void {
  assign(tree, assignment);
  places.set(assignment.path.join('.'), place);
}

/** Levels are separated by two underscores; a single one stands for a hyphen. */
function readVariable(name: string, value: string): Assignment {
  return { path: keysOf(name.slice(VARIABLE.length).split('__').join('.')), value: plainValue(value) };
}
