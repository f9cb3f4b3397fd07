/** Conversion of values between JavaScript and Lua's stack. */
import type { LuaFunction, LuaValue } from '../lua.js';
import type { VirtualMachine } from './virtual-machine.js';

/** Results of `lua_type`. */
const BOOLEAN = 1;
const NUMBER = 3;
const TEXT = 4;
const TABLE = 5;
/** Maximum depth of nested tables. */
const DEPTH = 2;

/**
 * Pushes a value on the stack. Typed arrays become strings, arrays become lists from 1, numeric keys become numbers.
 * @param numberOf returns the number by which a function is called
 */
export function push(
  machine: VirtualMachine,
  state: number,
  value: unknown,
  numberOf: (fn: LuaFunction) => number,
): void {
  const { lua } = machine;
  if (value === undefined || value === null) lua.lua_pushnil(state);
  else if (typeof value === 'boolean') lua.lua_pushboolean(state, value ? 1 : 0);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) lua.lua_pushinteger(state, BigInt(value));
    else lua.lua_pushnumber(state, value);
  } else if (typeof value === 'string' || value instanceof Uint8Array)
    lua.lua_pushlstring(state, machine.put(value), value.length);
  else if (typeof value === 'function') {
    lua.lua_pushinteger(state, BigInt(numberOf(value as LuaFunction)));
    lua.lua_pushcclosure(state, machine.functions.call, 1);
  } else if (Array.isArray(value)) {
    lua.lua_createtable(state, value.length, 0);
    value.forEach((each, i) => {
      push(machine, state, each, numberOf);
      lua.lua_rawseti(state, -2, BigInt(i + 1));
    });
  } else {
    lua.lua_createtable(state, 0, 0);
    for (const [name, each] of Object.entries(value as object)) {
      push(machine, state, each, numberOf);
      if (/^\d{1,9}$/.test(name)) lua.lua_rawseti(state, -2, BigInt(name));
      else lua.lua_setfield(state, -2, machine.put(name));
    }
  }
}

/** @param index from 1, counted from the bottom @returns undefined for types without counterpart: functions, threads */
export function read(machine: VirtualMachine, state: number, index: number, depth = DEPTH): LuaValue {
  const { lua } = machine;
  switch (lua.lua_type(state, index)) {
    case BOOLEAN:
      return lua.lua_toboolean(state, index) !== 0;
    case NUMBER:
      return lua.lua_isinteger(state, index) !== 0
        ? Number(lua.lua_tointegerx(state, index, 0))
        : lua.lua_tonumberx(state, index, 0);
    case TEXT:
      return machine.text(state, index);
    case TABLE:
      return depth > 0 ? readTable(machine, state, index, depth) : {};
    default:
      return undefined;
  }
}

/** Reads entries whose keys are strings or numbers. */
function readTable(machine: VirtualMachine, state: number, index: number, depth: number): LuaValue {
  const { lua } = machine;
  const table: Record<string, LuaValue> = Object.create(null);
  lua.lua_checkstack(state, 4);
  lua.lua_pushnil(state);
  const key = lua.lua_gettop(state);
  while (lua.lua_next(state, index) !== 0) {
    const name = read(machine, state, key, 0);
    if (typeof name === 'string' || typeof name === 'number')
      table[String(name)] = read(machine, state, key + 1, depth - 1);
    lua.lua_settop(state, key);
  }
  return table;
}
