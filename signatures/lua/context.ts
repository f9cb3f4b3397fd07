/** What the libraries of a script look at: the rule, the thread, and what is inspected while it runs. */
import type { LuaFunction, LuaLibrary } from '../../engine/lua.js';
import type { DatasetDeclaration } from '../dataset-declaration.js';
import type { Inspection } from '../inspection.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { LuaHost } from './host.js';

export interface LuaContext {
  /** Undefined while rules are loaded. */
  readonly host: LuaHost | undefined;
  readonly environment: CompileEnvironment | undefined;
  /** Names that byte_extract and byte_math of the rule set. */
  readonly variables: ReadonlySet<string>;
  /** Sets that the configuration and rules declare. */
  readonly datasets: readonly DatasetDeclaration[];
  /** Keywords that `init` asks for by functions of libraries (`enable_hassh`), while rules are loaded. */
  readonly asked?: Set<string>;
  /** What is inspected; undefined while the script is set up, and in transforms. */
  at: Inspection | undefined;
}

/** Makes a library for one script. */
export type LibraryMaker = (context: LuaContext) => LuaLibrary;

/** @throws Error where nothing is inspected */
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
 * A library with one object, whose methods look at what is in hand. As that of Suricata's objects, its metatable has
 * `__gc`, which does nothing.
 * @param getter function that gives the object
 * @param missing says why there is none
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
