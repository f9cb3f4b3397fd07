import { describe, expect, it } from 'vitest';
import { Lua } from '../../engine/lua/interpreter.js';
import { LuaError, type LuaSettings, type LuaValue } from '../../engine/lua.js';

const SETTINGS: LuaSettings = {
  bytes: 500_000,
  instructions: 500_000,
  restrictedFunctions: false,
  libraries: [],
  print: () => {},
};

const lua = new Lua();

function open(text: string, settings: Partial<LuaSettings> = {}) {
  return lua.open(text, 'test.lua', { ...SETTINGS, ...settings });
}

/** The result of `f` for the values. */
function result(body: string, values: LuaValue[] = [], settings: Partial<LuaSettings> = {}): LuaValue {
  const script = open(`function f(a, b) ${body} end`, settings);
  try {
    return script.call('f', values, 1)[0];
  } finally {
    script.close();
  }
}

function failure(body: string, settings: Partial<LuaSettings> = {}): { fault: string; message: string } {
  try {
    result(body, [], settings);
  } catch (error) {
    const { fault, message } = error as LuaError;
    return { fault, message };
  }
  throw new Error('did not fail');
}

describe('values', () => {
  it.each<[string, LuaValue[], LuaValue]>([
    ['return a + b', [1, 2], 3],
    ['return a .. "\\0\\255"', ['x'], 'x\0\xff'],
    ['return #a', [Uint8Array.of(0, 1, 255)], 3],
    ['return a // 1', [2 ** 40], 2 ** 40],
    ['return a / 2', [1], 0.5],
    ['return not a', [true], false],
    ['return a', [undefined], undefined],
    ['return a[2] .. a[1]', [['x', 'y']], 'yx'],
    ['return a.name', [{ name: 'n' }], 'n'],
    ['return 0xffffffff & a', [0x1_0000_0001], 1],
  ])('%s', (body, values, expected) => {
    expect(result(body, values)).toBe(expected);
  });

  it('reads tables', () => {
    expect(result('return {packet = true, ["x.y"] = "z", [1] = 5}')).toEqual({
      packet: true,
      'x.y': 'z',
      1: 5,
    });
  });

  it('reports whether a function exists', () => {
    const script = open('function match() end variable = 1');
    expect([script.has('match'), script.has('variable'), script.has('other')]).toEqual([true, false, false]);
    script.close();
  });

  it.each([
    ['rejects unknown names', 'error("unknown " .. name)', false],
    ['never ends', 'while true do end', false],
    ['has functions of its own', 'if name == "match" then return function() return "found" end end', true],
  ])('a function is looked up through a metatable of the globals that %s', (_, body, found) => {
    const text = `setmetatable(_G, { __index = function(_, name) ${body} end }) function log() return 1 end`;
    const script = open(text, { restrictedFunctions: true });
    expect([script.has('setup'), script.has('log'), script.call('log', [], 1)]).toEqual([false, true, [1]]);
    expect(script.has('match')).toBe(found);
    if (found) expect(script.call('match', [], 1)).toEqual(['found']);
    script.close();
  });
});

describe('the sandbox', () => {
  it.each(['io', 'os', 'coroutine', 'package', 'debug'])('has no %s', library => {
    expect(result(`return ${library} == nil`)).toBe(true);
  });

  it.each([
    'pcall',
    'xpcall',
    'load',
    'loadfile',
    'dofile',
    'setmetatable',
    'getmetatable',
    'collectgarbage',
  ])('blocks %s', name => {
    expect(failure(`${name}(print)`)).toEqual({
      fault: 'blocked',
      message: `Blocked Lua function called: ${name}`,
    });
  });

  it('has the libraries allowed in rules', () => {
    const body =
      'return table.concat({string.format("%02x", math.floor(255.5)), utf8.char(228), type(select)}, ",")';
    expect(result(body)).toBe('ff,\xc3\xa4,function');
  });

  it.each([
    'return pcall(error) == false',
    'return load("return 5")() == 5',
    'return setmetatable({}, {__index = function() return true end}).x',
    'return os.time() > 0 and os.execute == nil and io == nil and debug == nil',
    'return dofile ~= nil and pcall(dofile) == false',
  ])('allows restricted functions if configured: %s', body => {
    expect(result(body, [], { restrictedFunctions: true })).toBe(true);
  });

  it('rejects binary code, and never calls __gc by itself', () => {
    const settings = { restrictedFunctions: true };
    expect(result('return load(string.dump(function() end)) == nil', [], settings)).toBe(true);
    const body = `
      local methods = { __gc = function() called = true end }
      setmetatable({}, methods)
      collectgarbage()
      local failed = not pcall(setmetatable, 1, methods)
      return failed and called == nil and methods.__gc ~= nil`;
    expect(result(body, [], settings)).toBe(true);
  });

  it('has a print function', () => {
    const printed: string[] = [];
    result('print("a", 1, nil) warn("w")', [], { print: text => printed.push(text) });
    expect(printed).toEqual(['a\t1\tnil', 'w']);
  });
});

describe('limits', () => {
  it('stop a script that loops', () => {
    expect(failure('while true do end')).toEqual({
      fault: 'instructions',
      message: 'instruction limit exceeded',
    });
    expect(failure('for i = 1, 100 do end', { instructions: 50 }).fault).toBe('instructions');
  });

  it('stop a script that loops and catches errors', () => {
    const body = 'while true do pcall(function() while true do end end) end';
    expect(failure(body, { restrictedFunctions: true }).fault).toBe('instructions');
  });

  it.each(['return string.rep("B", 400000)', 'local t = {} for i = 1, 9000 do t[i] = {} end'])(
    'stop a script that allocates too much: %s',
    body => {
      expect(failure(body, { bytes: 20_000 })).toEqual({ fault: 'memory', message: 'memory limit exceeded' });
    },
  );

  it('apply to each call separately, and unused memory is freed', () => {
    const script = open(
      'function f() for i = 1, 100 do s = string.rep("0123456789", 1000) .. i end return #s end',
    );
    for (let i = 0; i < 100; i++) expect(script.call('f', [], 1)).toEqual([10_003]);
    script.close();
  });

  it('exclude large arguments, but not what is made of them', () => {
    const script = open('function f(a) return #a end function g(a) return #(a .. a) end', { bytes: 20_000 });
    const large = new Uint8Array(3_000_000);
    expect(script.call('f', [large], 1)).toEqual([3_000_000]);
    expect(() => script.call('g', [large], 1)).toThrow('memory limit exceeded');
    expect(script.call('f', ['x'], 1)).toEqual([1]);
    script.close();
  });

  it('stop recursion', () => {
    const generous = { bytes: 200_000_000, instructions: 5_000_000 };
    expect(failure('local function r() return 1 + r() end return r()', generous).message).toContain(
      'stack overflow',
    );
    expect(failure('return string.rep("(", 1000):find(string.rep("(", 1000))').fault).toBe('script');
  });
});

describe('errors', () => {
  it('give the position', () => {
    expect(failure('return nil .. "x"').message).toContain('test.lua:1: attempt to concatenate a nil value');
    expect(() => open('function (')).toThrow('test.lua:1:');
    expect(() => open('error({})')).toThrow('error without a message');
  });

  it('leave the script usable', () => {
    const script = open('function f(a) return a.b.c end');
    expect(() => script.call('f', [{}], 1)).toThrow(LuaError);
    expect(script.call('f', [{ b: { c: 1 } }], 1)).toEqual([1]);
    script.close();
  });
});

describe('libraries', () => {
  const library = {
    name: 'suricata.sample',
    functions: {
      add: (a: LuaValue, b: LuaValue) => [Number(a) + Number(b), 'second'],
      fail: () => {
        throw new Error('cannot');
      },
    },
    source: 'local host = ... return { add = host.add, fail = function() return host.fail() end }',
  };

  it('are returned by require', () => {
    const settings = { libraries: [library] };
    expect(
      result('local s = require "suricata.sample" return table.concat({s.add(1, 2)}, "-")', [], settings),
    ).toBe('3-second');
    expect(result('return require("suricata.sample") == require("suricata.sample")', [], settings)).toBe(
      true,
    );
    expect(failure('require("suricata.sample").fail()', settings).message).toBe('cannot');
    expect(failure('require("os")', settings).message).toContain("module 'os' not found");
  });
});
