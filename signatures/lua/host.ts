/** What scripts of rules need of the thread they run in. */
import type { LuaError } from '../../engine/lua.js';
import type { Log } from '../../engine/module.js';
import type { Protocol } from '../../engine/protocol.js';
import type { LuaRuleSettings } from './options.js';

/** Store of it. */
export const LUA = 'lua';

export interface LuaHost {
  readonly settings: LuaRuleSettings;
  readonly log: Log;
  readonly threadName: string;
  readonly threadNumber: number;
  readonly logFolder: string;
  /** Counts a script that failed, and tells of it once. */
  failed(error: LuaError): void;
  /** Name of an application protocol by the number that flows have. */
  protocolName(number: number): string;
  /** The protocol that the flow's transactions are of. */
  protocolOf(flow: number): Protocol | undefined;
  /** Whether there was an alert in the flow, up to the packet in hand. */
  hasAlerts(flow: number): boolean;
  /** Keeps a text with the flow: a flow variable. Latin1. */
  setText(flow: number, name: string, text: string): void;
  text(flow: number, name: string): string | undefined;
}
