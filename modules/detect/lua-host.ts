/** The thread as seen by Lua scripts of rules. */

import type { ApplicationLayer } from '../../engine/application-layer.js';
import { logFolder } from '../../engine/config/output-list.js';
import * as Flow from '../../engine/flow/flow-record.js';
import type { LuaError, LuaFault } from '../../engine/lua.js';
import type { Thread } from '../../engine/module.js';
import type { Protocol } from '../../engine/protocol.js';
import { luaRuleSettings } from '../../signatures/lua/options.js';
import { type RunningHost, ScriptRunner } from '../../signatures/lua/runner.js';
import type { FlowStates } from './flow-states.js';

/** Counters of failures in addition to `detect.lua.errors`, which counts all. */
const COUNTERS: Readonly<Partial<Record<LuaFault, string>>> = {
  blocked: 'blocked_function_errors',
  instructions: 'instruction_limit_errors',
  memory: 'memory_limit_errors',
};

export class ThreadLua implements RunningHost {
  readonly settings;
  readonly log;
  readonly threadName: string;
  readonly threadNumber: number;
  readonly logFolder: string;
  readonly runner: ScriptRunner;
  private readonly count: (name: string) => void;

  constructor(
    private readonly thread: Thread,
    private readonly states: FlowStates,
  ) {
    const { config, counters, log, name, index } = thread;
    this.settings = luaRuleSettings(config);
    this.log = log;
    this.threadName = name;
    this.threadNumber = index;
    this.logFolder = config.read(logFolder);
    this.runner = new ScriptRunner(this.settings, text => log.info(`lua: ${text}`));
    const numbers = new Map(
      ['errors', ...Object.values(COUNTERS)].map(each => [each, counters.declare(`detect.lua.${each}`)]),
    );
    this.count = each => {
      counters.values[numbers.get(each)!]!++;
    };
  }

  failed({ fault, message }: LuaError): void {
    this.count('errors');
    const more = COUNTERS[fault];
    if (more !== undefined) this.count(more);
    this.thread.warnOnce(`detect-lua: Lua script failed to run successfully: ${message}`);
  }

  protocolName(number: number): string {
    if (number < 0) return 'failed';
    return this.layer?.protocols[number - 1]?.name ?? 'unknown';
  }

  protocolOf(flow: number): Protocol | undefined {
    return flow < 0 ? undefined : this.layer?.sessionOf(flow)?.protocol;
  }

  hasAlerts(flow: number): boolean {
    return this.thread.flows.row[flow * Flow.INTS + Flow.ALERTS]! > 0;
  }

  setText(flow: number, name: string, text: string): void {
    this.states.of(flow).setText(name, text);
  }

  text(flow: number, name: string): string | undefined {
    return this.states.find(flow)?.texts?.get(name);
  }

  private get layer(): ApplicationLayer | undefined {
    return this.thread.services.get('application-layer') as ApplicationLayer | undefined;
  }
}
