/** Statistics for Lua scripts: a list of all counters. Run by the manager. */
import type { Config } from '../../engine/config/config.js';
import { Lua } from '../../engine/lua/interpreter.js';
import type { LuaTable } from '../../engine/lua.js';
import type { Log } from '../../engine/module.js';
import type { StatsLog, StatsTree } from '../../engine/stats-record.js';
import { OutputHost } from './host.js';
import { OutputScript } from './script.js';
import { luaScripts, type ScriptSettings } from './settings.js';

const NOTHING = new Uint8Array(0);

export function luaStatistics(config: Config): StatsLog[] {
  const lua = new Lua();
  return luaScripts(config).flatMap(settings => {
    const script = opened(settings, lua, config);
    if (script?.needs.kind === 'stats') return [new ScriptStatistics(script)];
    script?.close(false);
    return [];
  });
}

/** Undefined if the script is invalid, which its threads report. */
function opened(settings: ScriptSettings, lua: Lua, config: Config): OutputScript | undefined {
  const manager = { config, log: LOG, name: 'manager', index: 0, shared: {} };
  try {
    return new OutputScript(settings, lua, new OutputHost(manager));
  } catch {
    return undefined;
  }
}

/** Statistics writers have no access to the manager's log: important messages go to stderr. */
const printError = (message: string) => void process.stderr.write(`${message}\n`);
const LOG: Log = { debug() {}, info() {}, notice: printError, warning: printError, error: printError };

class ScriptStatistics implements StatsLog {
  readonly file = '';
  private readonly before = new Map<string, number>();
  private state: 'new' | 'set up' | 'failed' = 'new';

  constructor(private readonly script: OutputScript) {}

  lines(stats: StatsTree): Uint8Array {
    this.guarded(() => {
      if (this.state === 'new') this.script.setUp();
      this.state = 'set up';
      this.script.log(this.counters(stats), {});
      this.script.flush();
    });
    return NOTHING;
  }

  close(): void {
    this.guarded(() => this.script.close(this.state === 'set up'));
  }

  /** A failing script is not called again. */
  private guarded(action: () => void): void {
    if (this.state === 'failed') return;
    try {
      action();
    } catch (error) {
      this.state = 'failed';
      printError(`Error: lua: ${(error as Error).message}`);
    }
  }

  /** `pvalue` is the previous value. */
  private counters({ uptime: _, threads: __, ...totals }: StatsTree): LuaTable[] {
    return numbersIn(totals, '').map(([name, value]) => {
      const pvalue = this.before.get(name) ?? 0;
      this.before.set(name, value);
      return { name, tmname: 'Total', value, pvalue };
    });
  }
}

function numbersIn(tree: StatsTree, prefix: string): [string, number][] {
  return Object.entries(tree).flatMap(([name, value]): [string, number][] => {
    if (typeof value === 'number') return [[prefix + name, value]];
    if (typeof value !== 'object' || Array.isArray(value)) return [];
    return numbersIn(value as StatsTree, `${prefix}${name}.`);
  });
}
