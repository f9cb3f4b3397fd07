/** The thread as scripts that log see it. */
import { logFolder } from '../../engine/config/output-list.js';
import { APP_PROTOCOL_NAMES } from '../../engine/event.js';
import type { LuaError } from '../../engine/lua.js';
import type { Log, Thread } from '../../engine/module.js';
import type { Protocol } from '../../engine/protocol.js';
import type { LuaHost } from '../../signatures/lua/host.js';
import { luaRuleSettings } from '../../signatures/lua/options.js';
import type { ScriptRunner } from '../../signatures/lua/runner.js';

export class OutputHost implements LuaHost {
  readonly settings;
  readonly log: Log;
  readonly threadName: string;
  readonly threadNumber: number;
  readonly logFolder: string;
  /** The protocol of the transaction in hand. */
  protocol: Protocol | undefined;
  private readonly names: readonly string[];

  constructor({
    config,
    log,
    name,
    index,
    shared,
  }: Pick<Thread, 'config' | 'log' | 'name' | 'index' | 'shared'>) {
    this.settings = luaRuleSettings(config);
    this.log = log;
    this.threadName = name;
    this.threadNumber = index;
    this.logFolder = config.read(logFolder);
    this.names = (shared[APP_PROTOCOL_NAMES] as readonly string[] | undefined) ?? [];
  }

  get runner(): ScriptRunner {
    throw new Error('scripts that log have no others');
  }

  failed(_: LuaError): void {}

  protocolName(number: number): string {
    if (number < 0) return 'failed';
    return this.names[number] ?? 'unknown';
  }

  protocolOf(): Protocol | undefined {
    return this.protocol;
  }

  setText(): void {}

  text(): string | undefined {
    return undefined;
  }
}
