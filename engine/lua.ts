/**
 * Lua scripts, each in a sandbox of its own: the contract of the interpreter, which is `lua/interpreter.ts`.
 *
 * Texts of Lua are bytes: they are given as latin1 texts, one character a byte.
 */
export type LuaValue = undefined | boolean | number | string | Uint8Array | LuaTable | LuaArray;
export type LuaArray = readonly LuaValue[];
export interface LuaTable {
  readonly [name: string]: LuaValue;
}

/** A function that scripts may call. What it throws becomes an error of the script. */
export type LuaFunction = (...values: LuaValue[]) => LuaArray;

/** A library that scripts get with `require`. */
export interface LuaLibrary {
  readonly name: string;
  /** What `source` finds as its first argument, by name; the second is `setmetatable`. */
  readonly functions: Readonly<Record<string, LuaFunction>>;
  /** Lua: makes the table that `require` gives. */
  readonly source: string;
}

export interface LuaSettings {
  /** Bytes that the script may allocate. */
  readonly bytes: number;
  /** Instructions that one call may take. */
  readonly instructions: number;
  /** Functions that the sandbox leaves out otherwise, as pcall and setmetatable. */
  readonly restrictedFunctions: boolean;
  /** All that Lua has, with files (`io`, see `lua/files.ts`, has to be among the libraries): for scripts of outputs. */
  readonly open?: boolean;
  readonly libraries: readonly LuaLibrary[];
  /** A library that is not among them. */
  find?(name: string): LuaLibrary | undefined;
  /** Takes what scripts print. */
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
  /** Calls a global function. @param results how many are wanted @throws LuaError */
  call(name: string, values: LuaArray, results: number): LuaArray;
  /** Frees all it has. */
  close(): void;
}
