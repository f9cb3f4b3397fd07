/** suricata.flowvar, suricata.flowint and suricata.bytevar: variables of the flow and of the rule. */
import type { LuaValue } from '../../../engine/lua.js';
import { FLOW_VARIABLES, type FlowVariables } from '../../state/flow-variables.js';
import { hostOf, inspected, type LibraryMaker, type LuaContext } from '../context.js';

const MAX_VALUE = 0xffffffff;

/** @throws Error without a flow */
function flowOf(context: LuaContext): number {
  const { flow } = inspected(context);
  if (flow < 0) throw new Error('no flow');
  return flow;
}

export const flowvarLibrary: LibraryMaker = context => ({
  name: 'suricata.flowvar',
  functions: {
    value: name => [hostOf(context).text(flowOf(context), String(name))],
    set(name, value, length) {
      if (typeof value !== 'string') throw new Error('a flow variable is a string');
      const text = typeof length === 'number' ? value.slice(0, length) : value;
      hostOf(context).setText(flowOf(context), String(name), text);
      return [];
    },
  },
  source: `
local host = ...
return {
  register = function(name) return name end,
  get = function(name)
    return {
      value = function() return host.value(name) end,
      set = function(_, value, length) return host.set(name, value, length) end,
    }
  end,
}`,
});

export const flowintLibrary: LibraryMaker = context => {
  const store = () => {
    hostOf(context);
    return context.environment!.stores.get(FLOW_VARIABLES) as FlowVariables;
  };
  const value = (name: LuaValue) => store().integer(flowOf(context), store().numberOf(String(name)));
  const set = (name: LuaValue, to: number) => {
    const bounded = Math.min(MAX_VALUE, Math.max(0, Math.trunc(to)));
    store().setInteger(flowOf(context), store().numberOf(String(name)), bounded);
    return [bounded];
  };
  return {
    name: 'suricata.flowint',
    functions: {
      value: name => [value(name)],
      set: (name, to) => set(name, Number(to)),
      add: (name, by) => set(name, (value(name) ?? 0) + Number(by)),
    },
    source: `
local host = ...
return {
  register = function(name) return name end,
  get = function(name)
    return {
      value = function() return host.value(name) end,
      set = function(_, value) return host.set(name, value) end,
      incr = function() return host.add(name, 1) end,
      decr = function() return host.add(name, -1) end,
    }
  end,
}`,
  };
};

export const bytevarLibrary: LibraryMaker = context => ({
  name: 'suricata.bytevar',
  functions: {
    check(name) {
      if (!context.variables.has(String(name)))
        throw new Error(`unknown byte_extract or byte_math var '${name}'`);
      return [];
    },
    value: name => [Number(inspected(context).variables[context.environment!.variable(String(name))])],
  },
  source: `
local host = ...
return {
  map = function(_, name) host.check(name) end,
  get = function(name)
    host.check(name)
    return { value = function() return host.value(name) end }
  end,
}`,
});
