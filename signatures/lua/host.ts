/** What rule scripts need of the thread in which they run. */
import type { LuaError } from '../../engine/lua.js';
import type { Log } from '../../engine/module.js';
import type { Protocol } from '../../engine/protocol.js';
import type { LuaRuleSettings } from './options.js';

/** Name of the store. */
export const LUA = 'lua';

export interface LuaHost {
  readonly settings: LuaRuleSettings;
  readonly log: Log;
  readonly threadName: string;
  readonly threadNumber: number;
  readonly logFolder: string;
  /** Counts a failed script, and logs it once. */
  failed(error: LuaError): void;
  /** Name of an application protocol by its number in flows. */
  protocolName(number: number): string;
  /** The protocol of the flow's transactions. */
  protocolOf(flow: number): Protocol | undefined;
  /** Whether the flow had an alert, up to the current packet. */
  hasAlerts(flow: number): boolean;
  /** Stores a text with the flow: a flow variable. Latin1. */
  setText(flow: number, name: string, text: string): void;
  text(flow: number, name: string): string | undefined;
}
