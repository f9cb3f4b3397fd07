/**
 * Lua scripts, each in its own sandbox: the interface of the interpreter in `lua/interpreter.ts`.
 *
 * Lua strings are bytes: they are represented as latin1 text, one character per byte.
 */
export type LuaValue = undefined | boolean | number | string | Uint8Array | LuaTable | LuaArray;
export type LuaArray = readonly LuaValue[];
export interface LuaTable {
  readonly [name: string]: LuaValue;
}

/** A function that scripts may call. An exception becomes an error in the script. */
export type LuaFunction = (...values: LuaValue[]) => LuaArray;

/** A library that scripts load with `require`. */
export interface LuaLibrary {
  readonly name: string;
  /** Passed to `source` as its first argument, by name; the second is `setmetatable`. */
  readonly functions: Readonly<Record<string, LuaFunction>>;
  /** Lua code that creates the table returned by `require`. */
  readonly source: string;
}

export interface LuaSettings {
  /** Bytes that the script may allocate. */
  readonly bytes: number;
  /** Instructions that one call may execute. */
  readonly instructions: number;
  /** Functions that the sandbox omits otherwise, such as pcall and setmetatable. */
  readonly restrictedFunctions: boolean;
  /** All of Lua, including files (`io`, see `lua/files.ts`, must be among the libraries): for output scripts. */
  readonly open?: boolean;
  readonly libraries: readonly LuaLibrary[];
  /** Finds a library that is not in the list. */
  find?(name: string): LuaLibrary | undefined;
  /** Receives output of `print`. */
  print(text: string): void;
}

/** Why a script was stopped. */
export type LuaFault = 'script' | 'blocked' | 'instructions' | 'memory';

export class LuaError extends Error {
  constructor(
    readonly fault: LuaFault,
    message: string,
  ) {
    super(message);
  }
}

export interface LuaScript {
  /** Whether there is a global function of this name. */
  has(name: string): boolean;
  /** Calls a global function. @param results number of results @throws LuaError */
  call(name: string, values: LuaArray, results: number): LuaArray;
  /** Releases all resources. */
  close(): void;
}
