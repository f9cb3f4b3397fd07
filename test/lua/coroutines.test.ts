/** Coroutines of scripts with all of Lua: engine functions called in them work as outside. */
import { expect, it } from 'vitest';
import { Lua } from '../../engine/lua/interpreter.js';
import type { LuaSettings } from '../../engine/lua.js';

const printed: string[] = [];
const SETTINGS: LuaSettings = {
  ...{ bytes: 500_000, instructions: 500_000, restrictedFunctions: true, open: true },
  libraries: [
    { name: 'io', functions: {}, source: 'return {}' },
    {
      name: 'numbers',
      functions: {
        twice: value => [Number(value) * 2],
        fail: () => {
          throw new Error('no number');
        },
      },
      source: 'return ...',
    },
  ],
  print: text => void printed.push(text),
};
const lua = new Lua();

function result(body: string): unknown {
  const script = lua.open(`function f() ${body} end`, 'test.lua', SETTINGS);
  try {
    return script.call('f', [], 1)[0];
  } finally {
    script.close();
  }
}

it('coroutines call functions of the engine, also between yields', () => {
  const body = `
    local numbers = require("numbers")
    local sum = 0
    for n in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(numbers.twice(i)) end end) do sum = sum + n end
    coroutine.wrap(function() print("inside", sum) end)()
    return sum`;
  expect(result(body)).toBe(12);
  expect(printed).toEqual(['inside\t12']);
});

it('coroutines catch errors of these functions', () => {
  const body = `
    local made = coroutine.create(function() require("numbers").fail() end)
    local fine, message = coroutine.resume(made)
    return tostring(fine) .. " " .. tostring(message) .. " " .. coroutine.status(made)`;
  expect(result(body)).toBe('false no number dead');
});

it('instructions of coroutines count for the script, which cannot catch its limit', () => {
  const loop = 'local made = coroutine.create(function() while true do end end) ';
  expect(() => result(`${loop} while true do coroutine.resume(made) end`)).toThrow(
    'instruction limit exceeded',
  );
});
