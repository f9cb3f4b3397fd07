/** suricata.base64 and suricata.hashlib, documented as suricata.hashing. */
import { createHash } from 'node:crypto';
import type { LuaFunction, LuaValue } from '../../../engine/lua.js';
import { type Base64Mode, decodeBase64 } from '../../keywords/base64-decoding.js';
import type { LibraryMaker } from '../context.js';

/** @throws Error if it is not a string */
function bytesOf(value: LuaValue): Buffer {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error('expected a string');
  return Buffer.from(String(value), 'latin1');
}

const encoded = (value: LuaValue): string => bytesOf(value).toString('base64');

const unpadded = (text: string): string => text.replace(/=+$/, '');

type Padding = 'needed' | 'optional' | 'refused';

/** RFC 4648, section 4: only characters of the alphabet, with padding as specified. @throws Error */
function decoded(value: LuaValue, padding: Padding): Buffer {
  const text = bytesOf(value).toString('latin1');
  const bytes = Buffer.from(text, 'base64');
  const again = bytes.toString('base64');
  const isPadded = text === again;
  const isBare = text === unpadded(again);
  if ((isPadded && padding !== 'refused') || (isBare && padding !== 'needed')) return bytes;
  if (isPadded && isBare) return bytes;
  throw new Error('invalid base64');
}

/** Decodes the text up to the first error in this variant. */
function lenient(value: LuaValue, mode: Base64Mode): Uint8Array {
  const bytes = bytesOf(value);
  return decodeBase64(bytes, 0, bytes.length, mode);
}

export const base64Library: LibraryMaker = () => ({
  name: 'suricata.base64',
  functions: {
    encode: value => [encoded(value)],
    encode_nopad: value => [unpadded(encoded(value))],
    decode: value => [decoded(value, 'needed')],
    decode_nopad: value => [decoded(value, 'refused')],
    decode_padopt: value => [decoded(value, 'optional')],
    decode_rfc2045: value => [lenient(value, 'rfc2045')],
    decode_rfc4648: value => [lenient(value, 'rfc4648')],
  },
  source: 'return ...',
});

const ALGORITHMS = ['sha256', 'sha1', 'md5'];

function digests(): Record<string, LuaFunction> {
  return Object.fromEntries(
    ALGORITHMS.map(name => [name, value => [createHash(name).update(bytesOf(value)).digest()]]),
  );
}

/** The hash library under one of its names. */
const hashLibraryAs =
  (name: string): LibraryMaker =>
  () => ({
    name,
    functions: digests(),
    source: `
local digests, setmetatable = ...
local module = {}
local function hex(bytes)
  return (string.gsub(bytes, ".", function(letter) return string.format("%02x", string.byte(letter)) end))
end
for name, digest in pairs(digests) do
  local function hexdigest(text) return hex(digest(text)) end
  module[name .. "_digest"] = digest
  module[name .. "_hexdigest"] = hexdigest
  module[name .. "_hex_digest"] = hexdigest
  module[name] = function()
    local data = ""
    local hasher = {
      -- called with a colon, or with a point as the documentation does
      update = function(self, text) data = data .. (text or self) end,
      finalize = function() return digest(data) end,
      finalize_to_hex = function() return hexdigest(data) end,
      __gc = function() end,
    }
    hasher.__index = hasher
    return setmetatable({}, hasher)
  end
end
return module`,
  });

export const hashLibrary = hashLibraryAs('suricata.hashlib');
export const hashingLibrary = hashLibraryAs('suricata.hashing');
