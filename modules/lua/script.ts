/** A Lua output script in one thread. */
import { readFileSync } from 'node:fs';
import { LuaFiles } from '../../engine/lua/files.js';
import type { Lua } from '../../engine/lua/interpreter.js';
import type { LuaLibrary, LuaScript, LuaTable, LuaValue } from '../../engine/lua.js';
import type { Inspection } from '../../signatures/inspection.js';
import type { LuaContext } from '../../signatures/lua/context.js';
import type { LuaHost } from '../../signatures/lua/host.js';
import { librariesFor } from '../../signatures/lua/libraries.js';
import type { CompileEnvironment } from '../../signatures/match-compiler.js';
import { type FileRecord, fileLibrary } from './file-library.js';
import { type Needs, needsOf } from './needs.js';
import type { ScriptSettings } from './settings.js';

/** Passed to `init`, as in Suricata. */
const API_VERSION = 1;

/** Objects that the libraries refer to while the script runs. */
export interface CurrentObjects {
  readonly at?: Inspection;
  /** The rule of an alert. */
  readonly signature?: unknown;
  readonly file?: FileRecord;
}

export class OutputScript {
  readonly needs: Needs;
  private readonly files: LuaFiles;
  private readonly script: LuaScript;
  private current: CurrentObjects = {};

  /** Runs the main chunk and `init`. @throws Error that describes what is wrong with the script */
  constructor(settings: ScriptSettings, lua: Lua, host: LuaHost) {
    if (settings.text === undefined) throw new Error(settings.unreadable);
    const print = (text: string) => process.stdout.write(Buffer.from(text, 'latin1'));
    this.files = new LuaFiles(print);
    this.script = lua.open(settings.text, settings.file, {
      bytes: settings.bytes,
      instructions: settings.instructions,
      restrictedFunctions: true,
      open: true,
      libraries: [
        ...librariesFor(this.context(host)),
        fileLibrary(() => this.current.file),
        this.files.library,
      ],
      find: name => moduleAt(settings.path, name),
      print: text => print(`${text}\n`),
    });
    try {
      if (!this.script.has('log')) throw new Error('no log function in script');
      this.needs = needsOf(this.script.call('init', [{ script_api_ver: API_VERSION }], 1)[0]);
    } catch (error) {
      this.close(false);
      throw error;
    }
  }

  /** Called before the first event. @throws LuaError */
  setUp(): void {
    if (this.script.has('setup')) this.script.call('setup', [{}], 0);
  }

  /** @throws LuaError */
  log(args: LuaTable | readonly LuaValue[], current: CurrentObjects): void {
    this.current = current;
    try {
      this.script.call('log', [args], 0);
    } finally {
      this.current = {};
    }
  }

  /** @param orderly calls `deinit` @throws LuaError from it, after everything is closed */
  close(orderly = true): void {
    try {
      if (orderly && this.script.has('deinit')) this.script.call('deinit', [{}], 0);
    } finally {
      this.files.close();
      this.script.close();
    }
  }

  /** Flushes the script's output to disk. */
  flush(): void {
    this.files.flushAll();
  }

  private context(host: LuaHost): LuaContext {
    const current = () => this.current;
    return {
      host,
      get environment() {
        const { signature } = current();
        return signature === undefined ? undefined : ({ signature } as CompileEnvironment);
      },
      variables: new Set(),
      datasets: [],
      get at() {
        return current().at;
      },
    };
  }
}

/** A Lua module, searched along `package.path`. */
function moduleAt(path: string, name: string): LuaLibrary | undefined {
  for (const pattern of path.split(';')) {
    if (pattern === '') continue;
    try {
      const source = readFileSync(pattern.replaceAll('?', name.replaceAll('.', '/')), 'latin1');
      return { name, functions: {}, source };
    } catch {
      // The next pattern may find it.
    }
  }
  return undefined;
}
