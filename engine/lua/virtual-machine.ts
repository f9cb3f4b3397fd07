/**
 * Lua 5.4 as WebAssembly: the module of the package `wasmoon`, without that package's own layer, which is asynchronous
 * and treats strings as UTF-8. The module has no access to the system: no files, no processes, no environment, at most
 * a clock.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { callableFrom } from './callable.js';
import { instantiate, type WasmImports, type WasmMemory, type WasmTable } from './web-assembly.js';

/** The functions of Lua's C interface that are used here; pointers and indices are numbers. */
export interface LuaInterface {
  readonly memory: WasmMemory;
  readonly __indirect_function_table: WasmTable;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  stackSave(): number;
  stackRestore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  malloc(bytes: number): number;
  realloc(pointer: number, bytes: number): number;
  free(pointer: number): void;
  lua_newstate(allocate: number, data: number): number;
  lua_close(state: number): void;
  luaL_openlibs(state: number): void;
  luaL_loadbufferx(state: number, text: number, length: number, name: number, mode: number): number;
  lua_pcallk(state: number, values: number, results: number, handler: number, c: number, k: number): number;
  lua_sethook(state: number, hook: number, mask: number, count: number): void;
  lua_error(state: number): number;
  lua_checkstack(state: number, slots: number): number;
  lua_gettop(state: number): number;
  lua_settop(state: number, index: number): void;
  lua_type(state: number, index: number): number;
  lua_isinteger(state: number, index: number): number;
  lua_toboolean(state: number, index: number): number;
  lua_tointegerx(state: number, index: number, valid: number): bigint;
  lua_tonumberx(state: number, index: number, valid: number): number;
  lua_tolstring(state: number, index: number, length: number): number;
  lua_next(state: number, index: number): number;
  lua_rawget(state: number, index: number): number;
  lua_rawgeti(state: number, index: number, n: bigint): number;
  lua_rotate(state: number, index: number, by: number): void;
  lua_setfield(state: number, index: number, name: number): void;
  lua_rawseti(state: number, index: number, n: bigint): void;
  lua_createtable(state: number, list: number, names: number): void;
  lua_pushnil(state: number): void;
  lua_pushboolean(state: number, value: number): void;
  lua_pushinteger(state: number, value: bigint): void;
  lua_pushnumber(state: number, value: number): void;
  lua_pushlstring(state: number, pointer: number, length: number): number;
  lua_pushcclosure(state: number, fn: number, values: number): void;
}

/** Callbacks of a state; pointers refer to the state, or to the running coroutine. */
export interface StateCalls {
  /** @returns number of results on the stack */
  call(state: number): number;
  /** The instruction count was reached. */
  interrupted(state: number): void;
  /** Like `realloc` and `free`: `bytes` 0 frees. */
  allocate(pointer: number, before: number, bytes: number): number;
}

/** Bytes before a state for its owner: LUA_EXTRASPACE, the size of a pointer. */
const EXTRA_SPACE = 4;
const PAGE = 65_536;
/** For all scripts of a thread; each has its own limit. */
const MAX_PAGES = 16_384;
/** Thrown by longjmp: not an Error, so that it can be distinguished. */
const JUMP = Symbol('longjmp');

export class VirtualMachine {
  readonly lua: LuaInterface;
  /** Indexes of functions for Lua, in its table. */
  readonly functions: { readonly call: number; readonly hook: number; readonly allocate: number };
  /** By the number passed to the allocator, from 1. */
  private readonly states: (StateCalls | undefined)[] = [undefined];
  private view = new Uint8Array(0);
  private scratch = 0;
  private scratchLength = 0;
  private readonly word: number;

  constructor() {
    const path = createRequire(import.meta.url).resolve('wasmoon/dist/glue.wasm');
    this.lua = instantiate(readFileSync(path), this.imports()) as unknown as LuaInterface;
    this.lua.emscripten_stack_init();
    this.lua.__wasm_call_ctors();
    this.functions = this.addFunctions();
    this.word = this.lua.malloc(8);
  }

  /** @returns the number to pass to the allocator */
  add(calls: StateCalls): number {
    return this.states.push(calls) - 1;
  }

  /**
   * Stores the number of a state in its extra space, which Lua copies to each of its coroutines: they have their own
   * pointers.
   */
  name(pointer: number, number: number): void {
    this.viewOfMemory().setUint32(pointer - EXTRA_SPACE, number, true);
  }

  remove(number: number): void {
    this.states[number] = undefined;
  }

  /** @param pointer of a state or of one of its coroutines */
  private callsOf(pointer: number): StateCalls {
    return this.states[this.viewOfMemory().getUint32(pointer - EXTRA_SPACE, true)]!;
  }

  private viewOfMemory(): DataView {
    return new DataView(this.lua.memory.buffer);
  }

  /** The module's current memory. */
  get bytes(): Uint8Array {
    if (this.view.buffer !== this.lua.memory.buffer) this.view = new Uint8Array(this.lua.memory.buffer);
    return this.view;
  }

  /** Copies bytes to Lua's memory, valid until the next call. @returns pointer; the bytes are zero-terminated */
  put(value: string | Uint8Array): number {
    const at = this.ensureScratch(value.length + 1);
    const { bytes } = this;
    if (typeof value === 'string') Buffer.from(bytes.buffer, at, value.length).write(value, 'latin1');
    else bytes.set(value, at);
    bytes[at + value.length] = 0;
    return at;
  }

  /** The text on the stack, latin1. */
  text(state: number, index: number): string {
    const at = this.lua.lua_tolstring(state, index, this.word);
    const length = this.viewOfMemory().getUint32(this.word, true);
    return Buffer.from(this.lua.memory.buffer, at, length).toString('latin1');
  }

  isJump(thrown: unknown): boolean {
    return thrown === JUMP;
  }

  private ensureScratch(length: number): number {
    if (length <= this.scratchLength) return this.scratch;
    this.lua.free(this.scratch);
    this.scratch = this.lua.malloc(length);
    if (this.scratch === 0) throw new Error('out of memory for Lua');
    this.scratchLength = length;
    return this.scratch;
  }

  private addFunctions(): VirtualMachine['functions'] {
    const table = this.lua.__indirect_function_table;
    const callable = callableFrom({
      call: state => this.callsOf(state).call(state),
      hook: state => this.callsOf(state).interrupted(state),
      allocate: (number, pointer, before, bytes) => this.states[number]!.allocate(pointer, before, bytes),
    });
    const first = table.grow(3);
    table.set(first, callable.call);
    table.set(first + 1, callable.hook);
    table.set(first + 2, callable.allocate);
    return { call: first, hook: first + 1, allocate: first + 2 };
  }

  /** Imports of the module; missing ones fail. */
  private imports(): WasmImports {
    const refused = () => -1;
    const absent = Object.fromEntries(
      [
        'strftime system __syscall_openat __syscall_fcntl64 __syscall_ioctl __syscall_dup3 _mktime_js _localtime_js',
        '_gmtime_js __syscall_unlinkat __syscall_rmdir __syscall_renameat __syscall_readlinkat _tzset_js',
      ]
        .join(' ')
        .split(' ')
        .map(name => [name, refused]),
    );
    const files = 'fd_write fd_read fd_close fd_seek environ_sizes_get environ_get'.split(' ');
    const end = () => {
      throw new Error('Lua was aborted');
    };
    return {
      env: {
        ...absent,
        abort: end,
        exit: end,
        emscripten_date_now: () => Date.now(),
        _emscripten_get_now_is_monotonic: () => 1,
        emscripten_resize_heap: (bytes: number) => this.grow(bytes >>> 0),
        _emscripten_throw_longjmp: () => {
          throw JUMP;
        },
        invoke_vii: (number: number, a: number, b: number) => this.protectedCall(number, a, b),
      },
      // Error 8: no such file.
      wasi_snapshot_preview1: Object.fromEntries(files.map(name => [name, () => 8])),
    };
  }

  private grow(bytes: number): number {
    const { memory } = this.lua;
    const pages = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
    if (bytes > MAX_PAGES * PAGE) return 0;
    try {
      memory.grow(Math.max(pages, 16));
      return 1;
    } catch {
      return 0;
    }
  }

  private protectedCall(number: number, a: number, b: number): void {
    const { lua } = this;
    const stack = lua.stackSave();
    try {
      (lua.__indirect_function_table.get(number) as (a: number, b: number) => void)(a, b);
    } catch (thrown) {
      lua.stackRestore(stack);
      if (thrown !== JUMP) throw thrown;
      lua.setThrew(1, 0);
    }
  }
}
