/**
 * The part of Lua available to scripts: the functions that Suricata's documentation lists for rules, and `require` for
 * the libraries of the engine. Omitted functions of an available library are replaced by a function that stops the
 * script.
 */

const BASE =
  'assert error ipairs next pairs print rawequal rawget rawlen rawset require select tonumber tostring type warn';
/** Available only if restricted functions are allowed. */
const RESTRICTED = 'collectgarbage getmetatable load pcall setmetatable xpcall';
/** Never available: they read files. */
const ABSENT = 'dofile loadfile';
const LIBRARIES = '_G _VERSION table string math utf8';
const CLOCK = 'clock date difftime time';
/** Access to files and processes: not available, even if everything else is. */
const OUTSIDE = 'dofile loadfile io package';

function words(...lists: readonly string[]): string {
  return `{${lists
    .join(' ')
    .split(' ')
    .map(word => `["${word}"]=true`)
    .join()}}`;
}

/**
 * Lua code, called with: whether restricted functions are allowed; a function that reports a blocked function by name;
 * one that returns source text and functions of a library by name; one that prints; and whether all of Lua is
 * available, with the library `io` instead of its own. It returns a function that returns a global by name.
 *
 * Texts may be compiled, binary code may not: it could crash the interpreter. Metatables may have `__gc`, but it is
 * never called automatically: its instructions would not be counted.
 */
export const SANDBOX = `
local restricted, blocked, library, output, open = ...
local load, tostring, select, pairs, concat, type = load, tostring, select, pairs, table.concat, type
local rawget, rawset, pcall, error = rawget, rawset, pcall, error
-- An object is to be finalized when its metatable has __gc at the time it is set.
local plain = setmetatable
local function setmetatable(object, methods)
  local finalizer = type(methods) == "table" and rawget(methods, "__gc") or nil
  if finalizer == nil then return plain(object, methods) end
  rawset(methods, "__gc", nil)
  local ok, result = pcall(plain, object, methods)
  rawset(methods, "__gc", finalizer)
  if not ok then error(result, 0) end
  return result
end
local allowed = ${words(BASE, LIBRARIES)}
local time = ${words(CLOCK)}
local os = os
if restricted then
  for name in pairs(${words(RESTRICTED)}) do allowed[name] = true end
end
local function block(name) return function() blocked(name) end end
if open then
  for name in pairs(${words(OUTSIDE)}) do _G[name] = nil end
end
for _, name in pairs({${[...RESTRICTED.split(' '), ...ABSENT.split(' ')].map(name => `"${name}"`).join()}}) do
  if not allowed[name] then _G[name] = block(name) allowed[name] = true end
end
for name in pairs(_G) do
  if not open and not allowed[name] then _G[name] = nil end
end
if restricted then
  _G.load = function(text, name, mode, ...) return load(text, name, "t", ...) end
  _G.setmetatable = setmetatable
  _G.os = {}
  for name in pairs(time) do _G.os[name] = os[name] end
end
_G.print = function(...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
  output(concat(texts, "\\t"))
end
_G.warn = _G.print
local loaded = {}
_G.require = function(name)
  local module = loaded[name]
  if module == nil then
    local source, functions = library(name)
    module = load(source, "=" .. name, "t")(functions, setmetatable)
    loaded[name] = module
  end
  return module
end
if open then _G.io = _G.require("io") end
local globals = _G
return function(name) return globals[name] end
`;
