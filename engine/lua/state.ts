/** One script: a Lua state with limits on memory and instructions. */
import {
  type LuaArray,
  LuaError,
  type LuaFault,
  type LuaFunction,
  type LuaScript,
  type LuaSettings,
} from '../lua.js';
import { SANDBOX } from './sandbox.js';
import { push, read } from './values.js';
import type { StateCalls, VirtualMachine } from './virtual-machine.js';

/** LUA_REGISTRYINDEX, and the index of the first value of a closure. */
const REGISTRY = -1_001_000;
const FIRST_UPVALUE = REGISTRY - 1;
/** Registry indexes: of the globals (LUA_RIDX_GLOBALS), and of the sandbox function that looks up one. */
const GLOBALS = 2n;
const LOOKUP_FUNCTION = 1_000_000n;
/** Result of `lua_type`. */
const FUNCTION = 6;
const COUNT_HOOK = 1 << 3;
const OUT_OF_MEMORY = 4;
/** Stack slots that one call may need. */
const SLOTS = 64;
/** Instructions between two checks of the count. */
const STRIDE = 1000;

export class LuaState implements LuaScript {
  private readonly number: number;
  private readonly state: number;
  private readonly functions: LuaFunction[] = [];
  private used = 0;
  /** No limit while the engine itself uses the state. */
  private limit = Number.POSITIVE_INFINITY;
  private largest = Number.POSITIVE_INFINITY;
  private left = 0;
  private fault: LuaFault = 'script';
  private broken = false;

  static open(machine: VirtualMachine, text: string, name: string, settings: LuaSettings): LuaState {
    const state = new LuaState(machine, settings);
    try {
      state.run(text, name);
      return state;
    } catch (error) {
      state.close();
      throw error;
    }
  }

  private constructor(
    private readonly machine: VirtualMachine,
    private readonly settings: LuaSettings,
  ) {
    const { lua } = machine;
    const calls: StateCalls = {
      call: state => this.callback(state),
      interrupted: state => this.interrupted(state),
      allocate: (pointer, before, bytes) => this.allocate(pointer, before, bytes),
    };
    this.number = machine.add(calls);
    this.state = lua.lua_newstate(machine.functions.allocate, this.number);
    if (this.state === 0) throw new LuaError('memory', 'out of memory for Lua');
    machine.name(this.state, this.number);
    lua.lua_checkstack(this.state, SLOTS);
    lua.luaL_openlibs(this.state);
    this.prepare();
    // Memory of the libraries is not charged to the script.
    this.largest = this.used + settings.bytes;
  }

  private prepare(): void {
    const { settings } = this;
    const libraries = new Map(settings.libraries.map(each => [each.name, each]));
    this.load(SANDBOX, '=sandbox');
    this.push(settings.restrictedFunctions);
    this.push((name: unknown) => {
      this.fault = 'blocked';
      throw new Error(`Blocked Lua function called: ${name}`);
    });
    this.push((name: unknown) => {
      const library = libraries.get(String(name)) ?? settings.find?.(String(name));
      if (!library) throw new Error(`module '${name}' not found`);
      return [library.source, library.functions as never];
    });
    this.push((text: unknown) => {
      settings.print(String(text));
      return [];
    });
    this.push(settings.open === true);
    this.left = Number.POSITIVE_INFINITY;
    this.protectedCall(5, 1);
    this.machine.lua.lua_rawseti(this.state, REGISTRY, LOOKUP_FUNCTION);
  }

  private run(text: string, name: string): void {
    this.load(text, `@${name}`);
    this.left = this.settings.instructions;
    this.protectedCall(0, 0);
  }

  has(name: string): boolean {
    if (this.broken) return false;
    const type = this.find(name);
    this.machine.lua.lua_settop(this.state, 0);
    return type === FUNCTION;
  }

  call(name: string, values: LuaArray, results: number): LuaArray {
    if (this.broken) throw new LuaError('script', 'the interpreter of this script has failed before');
    const { lua } = this.machine;
    this.find(name);
    for (const value of values) this.push(value);
    this.left = this.settings.instructions;
    this.protectedCall(values.length, results);
    const given = Array.from({ length: results }, (_, i) => read(this.machine, this.state, i + 1));
    lua.lua_settop(this.state, 0);
    return given;
  }

  /** Pushes a global on the stack; nil if the lookup fails. @returns its type */
  private find(name: string): number {
    const { machine, state } = this;
    const { lua } = machine;
    lua.lua_rawgeti(state, REGISTRY, GLOBALS);
    this.push(name);
    const type = lua.lua_rawget(state, -2);
    lua.lua_rotate(state, -2, 1);
    lua.lua_settop(state, -2);
    return type === FUNCTION ? type : this.lookUp(name);
  }

  /** Globals may have a metatable, whose functions belong to the script: they may fail, or never return. */
  private lookUp(name: string): number {
    const { lua } = this.machine;
    lua.lua_settop(this.state, 0);
    lua.lua_rawgeti(this.state, REGISTRY, LOOKUP_FUNCTION);
    this.push(name);
    this.left = this.settings.instructions;
    try {
      this.protectedCall(1, 1);
    } catch (error) {
      if (this.broken) throw error;
      this.push(undefined);
    }
    return lua.lua_type(this.state, -1);
  }

  close(): void {
    if (!this.broken) this.machine.lua.lua_close(this.state);
    this.broken = true;
    this.machine.remove(this.number);
  }

  // ── called by Lua ─────────────────────────────────────────────────────────────────────────────────

  private callback(state: number): number {
    const { machine } = this;
    const { lua } = machine;
    const number = Number(lua.lua_tointegerx(state, FIRST_UPVALUE, 0));
    let message: string;
    try {
      const given = Array.from({ length: lua.lua_gettop(state) }, (_, i) => read(machine, state, i + 1));
      const results = this.functions[number]!(...given);
      lua.lua_checkstack(state, results.length + SLOTS);
      for (const result of results) this.push(result, state);
      return results.length;
    } catch (error) {
      if (machine.isJump(error) || !(error instanceof Error)) throw error;
      message = error.message;
    }
    this.push(message, state);
    return lua.lua_error(state);
  }

  private interrupted(state: number): void {
    const { lua, functions } = this.machine;
    this.left -= STRIDE;
    if (this.left > 0) return;
    this.fault = 'instructions';
    // A script that catches this is stopped at its next instruction.
    lua.lua_sethook(state, functions.hook, COUNT_HOOK, 1);
    this.push('instruction limit exceeded', state);
    lua.lua_error(state);
  }

  private allocate(pointer: number, before: number, bytes: number): number {
    const { lua } = this.machine;
    const old = pointer === 0 ? 0 : before;
    if (bytes === 0) {
      lua.free(pointer);
      this.used -= old;
      return 0;
    }
    if (bytes > old && this.used + bytes - old > this.limit) return 0;
    const made = lua.realloc(pointer, bytes);
    if (made !== 0) this.used += bytes - old;
    return made;
  }

  // ── the stack ──────────────────────────────────────────────────────────────────────────────────────

  private load(text: string, name: string): void {
    const { machine, state } = this;
    const { lua } = machine;
    const bytes = Buffer.from(`${name}\0t\0${text}`, 'latin1');
    const at = machine.put(bytes);
    const begin = name.length + 3;
    this.limit = this.largest;
    const status = lua.luaL_loadbufferx(state, at + begin, bytes.length - begin, at, at + name.length + 1);
    this.limit = Number.POSITIVE_INFINITY;
    if (status !== 0) throw this.errorOf(status);
  }

  private protectedCall(values: number, results: number): void {
    const { machine, state } = this;
    const { lua } = machine;
    this.fault = 'script';
    const stride = Number.isFinite(this.left) ? Math.max(1, Math.min(STRIDE, this.left)) : 0;
    lua.lua_sethook(state, stride > 0 ? machine.functions.hook : 0, stride > 0 ? COUNT_HOOK : 0, stride);
    this.limit = this.largest;
    let status: number;
    try {
      status = lua.lua_pcallk(state, values, results, 0, 0, 0);
    } catch (error) {
      this.broken = true;
      throw new LuaError('script', (error as Error).message);
    } finally {
      this.limit = Number.POSITIVE_INFINITY;
    }
    if (status !== 0) throw this.errorOf(status);
  }

  private errorOf(status: number): LuaError {
    const { machine, state } = this;
    if (status === OUT_OF_MEMORY) this.fault = 'memory';
    const value = read(machine, state, machine.lua.lua_gettop(state));
    machine.lua.lua_settop(state, 0);
    const message = typeof value === 'string' ? value : 'error without a message';
    return new LuaError(this.fault, MESSAGES[this.fault] ?? message);
  }

  private push(value: unknown, state = this.state): void {
    push(this.machine, state, value, fn => this.functions.push(fn) - 1);
  }
}

const MESSAGES: Partial<Record<LuaFault, string>> = {
  instructions: 'instruction limit exceeded',
  memory: 'memory limit exceeded',
};
