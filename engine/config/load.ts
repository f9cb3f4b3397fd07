/** Loads a configuration: a file with its includes, then the environment, then `--include` and `--set`. */
import { type Assignment, assign, keysOf, readAssignment } from './assign.js';
import { Config } from './config.js';
import type { SourceLocation } from './config-error.js';
import { type Mapping, plainValue } from './scalar.js';
import { readYamlFile, type SourceLocations } from './yaml-file.js';

export interface ConfigSources {
  /** Main file; without one the configuration is empty. */
  readonly file?: string;
  /** Files whose keys replace those of the main file. */
  readonly includes?: readonly string[];
  /** `path=value` texts; the last one for a path wins. */
  readonly sets?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Location of each key, by dotted path. */
  readonly locations: ReadonlyMap<string, SourceLocation>;
}

/** Environment variables with this prefix set options: `SLUICE__stream__inline=yes`. */
const VARIABLE = 'SLUICE__';
/** Colon-separated folders in which included files are searched if not found at their path. */
const INCLUDE_PATH = 'SLUICE_INCLUDE_PATH';

/** @throws ConfigError with location and reason */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const tree: Mapping = {};
  const locations: SourceLocations = new Map();
  const includePath = (sources.environment?.[INCLUDE_PATH] ?? '').split(':').filter(folder => folder !== '');
  for (const file of [sources.file, ...(sources.includes ?? [])])
    if (file !== undefined) addFile(tree, locations, file, includePath);
  for (const [name, value] of Object.entries(sources.environment ?? {})) {
    if (name.startsWith(VARIABLE) && value !== undefined)
      add(tree, locations, readVariable(name, value), { file: `environment ${name}` });
  }
  for (const text of sources.sets ?? [])
    add(tree, locations, readAssignment(text, '--set'), { file: '--set' });
  return { config: new Config(tree), locations };
}

function addFile(
  tree: Mapping,
  locations: SourceLocations,
  file: string,
  includePath: readonly string[],
): void {
  const read = readYamlFile(file, includePath);
  Object.assign(tree, read.tree);
  for (const [path, location] of read.locations) locations.set(path, location);
}

function add(
  tree: Mapping,
  locations: SourceLocations,
  assignment: Assignment,
  location: SourceLocation,
): void {
  assign(tree, assignment);
  locations.set(assignment.path.join('.'), location);
}

/** Levels are separated by two underscores; a single one stands for a hyphen. */
function readVariable(name: string, value: string): Assignment {
  return { path: keysOf(name.slice(VARIABLE.length).split('__').join('.')), value: plainValue(value) };
}
