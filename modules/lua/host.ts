/** The thread as seen by Lua output scripts. */
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
  /** The protocol of the current transaction. */
  protocol: Protocol | undefined;
  private readonly names: readonly string[];
  /** By flow, 1 after an alert: the flow's own counter already includes the whole batch. */
  private readonly alerted: Uint8Array;

  constructor({
    config,
    log,
    name,
    index,
    shared,
    flows,
  }: Pick<Thread, 'config' | 'log' | 'name' | 'index' | 'shared'> & { flows?: Thread['flows'] }) {
    this.settings = luaRuleSettings(config);
    this.log = log;
    this.threadName = name;
    this.threadNumber = index;
    this.logFolder = config.read(logFolder);
    this.alerted = new Uint8Array(flows?.capacity ?? 0);
    this.names = (shared[APP_PROTOCOL_NAMES] as readonly string[] | undefined) ?? [];
  }

  get runner(): ScriptRunner {
    throw new Error('output scripts have no others');
  }

  failed(_: LuaError): void {}

  protocolName(number: number): string {
    if (number < 0) return 'failed';
    return this.names[number] ?? 'unknown';
  }

  protocolOf(): Protocol | undefined {
    return this.protocol;
  }

  hasAlerts(flow: number): boolean {
    return this.alerted[flow] === 1;
  }

  /** Called in packet order. */
  recordAlerts(flow: number, alerts: number): void {
    if (alerts > 0) this.alerted[flow] = 1;
  }

  /** The flow has ended. */
  endFlow(flow: number): void {
    this.alerted[flow] = 0;
  }

  setText(): void {}

  text(): string | undefined {
    return undefined;
  }
}
