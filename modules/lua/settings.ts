/** Configuration of Lua output scripts: the `lua` outputs. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Config } from '../../engine/config/config.js';
import { boolean, integer, option, size, text, texts } from '../../engine/config/option.js';
import { outputEntries } from '../../engine/config/output-list.js';

const PREFIX = 'outputs.*.lua.';

const enabled = option(`${PREFIX}enabled`, boolean, true, 'enable these scripts');
const folder = option(`${PREFIX}scripts-dir`, text, '', 'folder of the scripts; empty: that of the rules');
const names = option(`${PREFIX}scripts`, texts, [], 'script files');
const path = option(
  `${PREFIX}path`,
  text,
  '',
  'search path of `require` for Lua modules: patterns with ? for the name, separated by semicolons',
);
const bytes = option(
  `${PREFIX}max-bytes`,
  size,
  64 << 20,
  'memory that a script may allocate in each thread',
);
const instructions = option(
  `${PREFIX}max-instructions`,
  integer(0, 2 ** 31 - 1),
  0,
  'maximum Lua instructions per call; 0: no limit',
);

export const LUA_OUTPUT_OPTIONS = [enabled, folder, names, path, bytes, instructions];

/** Settings of one script. */
export interface ScriptSettings {
  readonly file: string;
  /** Latin1; undefined if the file cannot be read, and why. */
  readonly text: string | undefined;
  readonly unreadable?: string;
  readonly path: string;
  readonly bytes: number;
  readonly instructions: number;
}

export function luaScripts(config: Config): ScriptSettings[] {
  return outputEntries(config, 'lua').flatMap(entry => scriptsOf(config, entry));
}

function scriptsOf(config: Config, entry: Config): ScriptSettings[] {
  const read = entry.readerBelow(PREFIX);
  const base = read(folder) || String(config.at('default-rule-path') ?? '.');
  return read(names).map(name => ({
    ...fileAt(isAbsolute(name) ? name : join(base, name)),
    path: read(path),
    bytes: read(bytes),
    instructions: read(instructions) || Number.POSITIVE_INFINITY,
  }));
}

function fileAt(file: string): Pick<ScriptSettings, 'file' | 'text' | 'unreadable'> {
  try {
    return { file, text: readFileSync(file, 'latin1') };
  } catch (error) {
    return { file, text: undefined, unreadable: (error as Error).message };
  }
}
