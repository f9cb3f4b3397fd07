/** Context of a script's libraries: the rule, the thread, and what is inspected while it runs. */
import type { LuaFunction, LuaLibrary } from '../../engine/lua.js';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Inspection } from '../inspection.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { LuaHost } from './host.js';

export interface LuaContext {
  /** Undefined while rules are loaded. */
  readonly host: LuaHost | undefined;
  readonly environment: CompileEnvironment | undefined;
  /** Variables set by byte_extract and byte_math of the rule. */
  readonly variables: ReadonlySet<string>;
  /** Datasets declared in configuration and rules. */
  readonly datasets: readonly DatasetDeclaration[];
  /** Keywords requested by library functions in `init` (`enable_hassh`), while rules are loaded. */
  readonly requestedKeywords?: Set<string>;
  /** The current inspection; undefined during set-up of the script, and in transforms. */
  at: Inspection | undefined;
}

/** Creates a library for one script. */
export type LibraryMaker = (context: LuaContext) => LuaLibrary;

/** @throws Error if nothing is being inspected */
export function inspected({ at }: LuaContext): Inspection {
  if (!at) throw new Error('nothing has been inspected yet');
  return at;
}

/** @throws Error while rules are loaded */
export function hostOf({ host }: LuaContext): LuaHost {
  if (!host) throw new Error('not available while rules are loaded');
  return host;
}

/**
 * A library with one object, whose methods read the current packet or transaction. Like those of Suricata's objects,
 * its metatable has `__gc`, which does nothing.
 * @param getter function that returns the object
 * @param missing returns why there is none
 */
export function objectLibrary(
  name: string,
  getter: string,
  missing: () => string | undefined,
  methods: Readonly<Record<string, LuaFunction>>,
): LuaLibrary {
  return {
    name,
    functions: { ...methods, missing: () => [missing()] },
    source: `
local functions, setmetatable = ...
local methods, module = { __gc = function() end }, {}
methods.__index = methods
local object = setmetatable({}, methods)
local missing = functions.missing
functions.missing = nil
for name, f in pairs(functions) do
  methods[name] = function(_, ...) return f(...) end
end
function module.${getter}()
  local reason = missing()
  if reason then return nil, reason end
  return object
end
return module`,
  };
}
