/** suricata.base64 and suricata.hashlib. */
import { createHash } from 'node:crypto';
import type { LuaFunction, LuaValue } from '../../../engine/lua.js';
import type { LibraryMaker } from '../context.js';

/** @throws Error for what is no string */
function bytesOf(value: LuaValue): Buffer {
  if (typeof value !== 'string' && typeof value !== 'number') throw new Error('a string is expected');
  return Buffer.from(String(value), 'latin1');
}

const encoded = (value: LuaValue): string => bytesOf(value).toString('base64');

/** RFC 4648, section 4: nothing but its letters, and padding as said. @throws Error */
function decoded(value: LuaValue, padded: boolean): Buffer {
  const text = bytesOf(value).toString('latin1');
  const bytes = Buffer.from(text, 'base64');
  const again = bytes.toString('base64');
  if (text !== (padded ? again : again.replace(/=+$/, ''))) throw new Error('invalid base64');
  return bytes;
}

export const base64Library: LibraryMaker = () => ({
  name: 'suricata.base64',
  functions: {
    encode: value => [encoded(value)],
    encode_nopad: value => [encoded(value).replace(/=+$/, '')],
    decode: value => [decoded(value, true)],
    decode_nopad: value => [decoded(value, false)],
  },
  source: 'return ...',
});

const ALGORITHMS = ['sha256', 'sha1', 'md5'];

function digests(): Record<string, LuaFunction> {
  return Object.fromEntries(
    ALGORITHMS.map(name => [name, value => [createHash(name).update(bytesOf(value)).digest()]]),
  );
}

export const hashLibrary: LibraryMaker = () => ({
  name: 'suricata.hashlib',
  functions: digests(),
  source: `
local module = {}
local function hex(bytes)
  return (string.gsub(bytes, ".", function(letter) return string.format("%02x", string.byte(letter)) end))
end
for name, digest in pairs(...) do
  local function hexdigest(text) return hex(digest(text)) end
  module[name .. "_digest"] = digest
  module[name .. "_hexdigest"] = hexdigest
  module[name .. "_hex_digest"] = hexdigest
  module[name] = function()
    local data = ""
    return {
      update = function(_, text) data = data .. text end,
      finalize = function() return digest(data) end,
      finalize_to_hex = function() return hexdigest(data) end,
    }
  end
end
return module`,
});
