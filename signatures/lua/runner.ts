/** Running scripts: those of one thread, or those opened while rules are loaded. */

import { Lua } from '../../engine/lua/interpreter.js';
import { type LuaArray, LuaError, type LuaScript } from '../../engine/lua.js';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Inspection } from '../inspection.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { LuaContext } from './context.js';
import { LUA, type LuaHost } from './host.js';
import { librariesFor } from './libraries.js';
import type { LuaRuleSettings } from './options.js';

/** A script in a rule: plain data. */
export interface ScriptText {
  readonly file: string;
  /** Latin1. */
  readonly text: string;
  /** Variables set by byte_extract and byte_math of its rule. */
  readonly variables: readonly string[];
  readonly datasets: readonly DatasetDeclaration[];
}

export class ScriptRunner {
  private readonly lua = new Lua();
  private running: LuaScript[] = [];

  constructor(
    private readonly settings: LuaRuleSettings,
    private readonly print: (text: string) => void,
  ) {}

  /** Runs the main part of a script. @throws LuaError */
  open(script: ScriptText, context: LuaContext): LuaScript {
    const opened = this.lua.open(script.text, script.file, {
      ...this.settings,
      libraries: librariesFor(context),
      print: this.print,
    });
    this.running.push(opened);
    return opened;
  }

  releaseAll(): void {
    for (const script of this.running) script.close();
    this.running = [];
  }
}

/** A thread that runs scripts. */
export interface RunningHost extends LuaHost {
  readonly runner: ScriptRunner;
}

/** A rule's script in a thread: opened on first use. */
export class RunningScript {
  private readonly context: LuaContext;
  private readonly host: RunningHost | undefined;
  private opened: LuaScript | undefined;
  /** It could not be opened, which was logged. */
  private failed = false;

  constructor(
    private readonly script: ScriptText,
    environment: CompileEnvironment,
  ) {
    this.host = environment.stores.get(LUA) as RunningHost | undefined;
    const { variables, datasets } = script;
    this.context = { host: this.host, environment, variables: new Set(variables), datasets, at: undefined };
  }

  /**
   * Calls one of its functions.
   * @param at the inspection @returns undefined if it failed, which is counted and logged
   */
  call(name: string, at: Inspection | undefined, values: LuaArray, results: number): LuaArray | undefined {
    const script = this.openScript();
    if (!script) return undefined;
    this.context.at = at;
    try {
      return script.call(name, values, results);
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      this.host!.failed(error);
      return undefined;
    } finally {
      this.context.at = undefined;
    }
  }

  private openScript(): LuaScript | undefined {
    if (this.opened || this.failed || !this.host) return this.opened;
    try {
      const script = this.host.runner.open(this.script, this.context);
      if (script.has('thread_init')) script.call('thread_init', [], 0);
      this.opened = script;
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      this.failed = true;
      this.host.failed(error);
    }
    return this.opened;
  }
}
