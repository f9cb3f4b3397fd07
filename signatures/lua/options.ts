/** Permissions of rule scripts. */
import type { Config } from '../../engine/config/config.js';
import { boolean, integer, option, size } from '../../engine/config/option.js';

const ALLOWED = option('security.lua.allow-rules', boolean, true, 'allow rules with Lua scripts');
const BYTES = option('security.lua.max-bytes', size, 500_000, 'memory that one script may allocate');
const INSTRUCTIONS = option(
  'security.lua.max-instructions',
  integer(1, 2 ** 31 - 1),
  500_000,
  'maximum Lua instructions per call of a script',
);
const RESTRICTED = option(
  'security.lua.allow-restricted-functions',
  boolean,
  false,
  'allow functions such as pcall, load and setmetatable, and the clock',
);

export const luaOptions = [ALLOWED, BYTES, INSTRUCTIONS, RESTRICTED];

export interface LuaRuleSettings {
  readonly allowed: boolean;
  readonly bytes: number;
  readonly instructions: number;
  readonly restrictedFunctions: boolean;
}

export function luaRuleSettings(config: Config): LuaRuleSettings {
  return {
    allowed: config.read(ALLOWED),
    bytes: config.read(BYTES),
    instructions: config.read(INSTRUCTIONS),
    restrictedFunctions: config.read(RESTRICTED),
  };
}
