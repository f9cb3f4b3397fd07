/** from_base64, gunzip, zlib_deflate, xor: decoding transforms. */
import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { decompressPrefix } from '../../engine/application/decompressible-prefix.js';
import { type Base64Mode, decodeBase64 } from '../keywords/base64-decoding.js';
import { fields, wholeNumber } from '../keywords/byte-arguments.js';
import { unquoteOptional } from '../parser/quoted.js';
import { RuleError } from '../rule-error.js';
import type { Transform } from '../transform.js';

const BASE64_MODES: readonly Base64Mode[] = ['rfc2045', 'rfc4648', 'strict'];

const fromBase64: Transform = {
  name: 'from_base64',
  summary: 'Decodes base64.',
  grammar: '[bytes n] [, offset n] [, mode rfc4648|rfc2045|strict]',
  optionalArgument: true,
  parse(argument, _, at) {
    const given: { bytes: number; offset: number; mode: Base64Mode } = {
      bytes: 0,
      offset: 0,
      mode: 'rfc4648',
    };
    const seen = new Set<string>();
    for (const field of argument === undefined ? [] : fields(argument)) {
      const [word = '', value, ...further] = field.split(/\s+/);
      if (further.length > 0)
        throw new RuleError(`unknown from_base64 argument "${field}"`, at, fromBase64.grammar);
      if (seen.has(word)) throw new RuleError(`from_base64: ${word} is given twice`, at, fromBase64.grammar);
      seen.add(word);
      const mode = BASE64_MODES.find(each => each === value);
      if (word === 'mode' && mode) given.mode = mode;
      else if ((word === 'bytes' || word === 'offset') && value)
        given[word] = wholeNumber(value, `from_base64 ${word}`, 0, 65_535, at);
      else throw new RuleError(`unknown from_base64 argument "${field}"`, at, fromBase64.grammar);
    }
    return given;
  },
  compile(match) {
    const {
      bytes: count,
      offset,
      mode,
    } = match as unknown as { bytes: number; offset: number; mode: Base64Mode };
    return bytes => {
      if (offset >= bytes.length) return bytes;
      const end = count === 0 ? bytes.length : Math.min(bytes.length, offset + count);
      const decoded = decodeBase64(bytes, offset, end, mode);
      return decoded.length > 0 ? decoded : bytes;
    };
  },
};

/** Maximum decompressed size if the rule specifies none. */
const DEFAULT_SIZE = 1024;
const MAX_SIZE = 16_777_216;

function decompression(
  name: string,
  summary: string,
  decompress: (bytes: Uint8Array, room: number) => Uint8Array,
): Transform {
  const transform: Transform = {
    name,
    summary,
    grammar: '[max-size n]',
    optionalArgument: true,
    parse(argument, _, at) {
      if (argument === undefined) return { size: DEFAULT_SIZE };
      const match = /^max-size\s+(\S+)$/.exec(argument);
      if (!match) throw new RuleError(`unknown ${name} argument "${argument}"`, at, transform.grammar);
      return { size: wholeNumber(match[1]!, `${name} max-size`, 1, MAX_SIZE, at) };
    },
    compile(match) {
      const size = match.size as number;
      return bytes => decompress(bytes, size);
    },
  };
  return transform;
}

/** Decompresses the available data, up to `room` bytes: until damaged data, or data after the end. */
function bounded(decompress: typeof gunzipSync): (bytes: Uint8Array, room: number) => Uint8Array {
  return (bytes, room) => {
    const upTo = (maxOutputLength: number) => (some: Uint8Array) =>
      decompress(some, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength });
    try {
      return upTo(Math.max(room, 64))(bytes).subarray(0, room);
    } catch {
      // zlib fails on excess output too: a prefix may have some, so that one with enough output is found.
      return decompressPrefix(bytes, upTo(Math.max(4 * room, 65_536)), room).subarray(0, room);
    }
  };
}

const xor: Transform = {
  name: 'xor',
  summary: 'XORs the buffer with a key.',
  grammar: '"hexadecimal key"',
  parse(argument, _, at) {
    const key = unquoteOptional(argument!, 'xor', at).trim();
    if (!/^([0-9a-f]{2})+$/i.test(key))
      throw new RuleError(
        `xor key "${key}" is not a hexadecimal string of whole bytes`,
        at,
        'xor:"0d0ac8ff";',
      );
    if (key.length > 512) throw new RuleError('xor key is longer than 256 bytes', at);
    return { key: key.toLowerCase() };
  },
  compile(match) {
    const key = Buffer.from(match.key as string, 'hex');
    return bytes => bytes.map((c, i) => c ^ key[i % key.length]!);
  },
};

export const decodingTransforms: readonly Transform[] = [
  fromBase64,
  decompression('gunzip', 'Decompresses gzip (RFC 1952).', bounded(gunzipSync)),
  decompression('zlib_deflate', 'Decompresses zlib (RFC 1950).', bounded(inflateSync as typeof gunzipSync)),
  xor,
];
