/** suricata.dataset: datasets declared in configuration or rules. */
import type { LuaValue } from '../../../engine/lua.js';
import { DATASETS, type Dataset, type Datasets } from '../../state/dataset.js';
import { hostOf, type LibraryMaker, type LuaContext } from '../context.js';

function find(context: LuaContext, name: LuaValue): Dataset | undefined {
  hostOf(context);
  const declaration = context.datasets.find(each => each.name === name);
  return declaration && (context.environment!.stores.get(DATASETS) as Datasets).open(declaration);
}

/** 1 if the value is new, 0 if the set contains it. */
function add(set: Dataset, value: LuaValue, length: LuaValue): number {
  const bytes = Buffer.from(String(value), 'latin1');
  const end = typeof length === 'number' ? Math.max(0, Math.min(bytes.length, length)) : bytes.length;
  if (set.has(bytes, 0, end)) return 0;
  set.add(bytes, 0, end);
  return 1;
}

export const datasetLibrary: LibraryMaker = context => ({
  name: 'suricata.dataset',
  functions: {
    check: name => [find(context, name) ? undefined : 'dataset not found'],
    add(name, value, length) {
      const set = find(context, name);
      return set ? [add(set, value, length)] : [undefined, 'dataset not found'];
    },
  },
  source: `
local host, setmetatable = ...
local methods = { __gc = function() end }
methods.__index = methods
function methods.get(set, name)
  set.known = name
  local err = host.check(name)
  if err then return nil, err end
  return 0
end
function methods.add(set, value, length) return host.add(set.known, value, length) end
return { new = function() return setmetatable({}, methods) end }`,
});
