/** HTTP settings that may differ by server: how much of bodies is inspected, and how messages are parsed. */
import { Config, type ConfigTree } from '../../../engine/config/config.js';
import { boolean, choice, integer, type OptionType, option, size } from '../../../engine/config/option.js';
import type { BodyLimits } from '../../../engine/files/inspected-body.js';
import type { FlashSettings } from './flash-file.js';
import type { HeaderLimits } from './headers.js';
import { PERSONALITIES, personality, type UriDecodingSettings } from './personality.js';
import { pathOptions } from './uri-settings.js';

export const PREFIX = 'app-layer.protocols.http.libhtp.';
export const DEFAULTS = 'default-config.';

function setting<T>(name: string, type: OptionType<T>, fallback: T, summary: string) {
  return option(`${PREFIX}${DEFAULTS}${name}`, type, fallback, summary);
}

const PERSONALITY = setting('personality', personality, 'ids', 'server whose URI interpretation is used');
const REQUEST_LIMIT = setting(
  'request-body-limit',
  size,
  100 << 10,
  'maximum bytes of a request body that are inspected; 0: all',
);
const RESPONSE_LIMIT = setting(
  'response-body-limit',
  size,
  100 << 10,
  'maximum bytes of a response body that are inspected; 0: all',
);
const REQUEST_MINIMUM = setting(
  'request-body-minimal-inspect-size',
  size,
  32 << 10,
  'bytes after which a request body is first inspected',
);
const REQUEST_WINDOW = setting(
  'request-body-inspect-window',
  size,
  4 << 10,
  'bytes between inspections of a request body',
);
const RESPONSE_MINIMUM = setting(
  'response-body-minimal-inspect-size',
  size,
  40 << 10,
  'bytes after which a response body is first inspected',
);
const RESPONSE_WINDOW = setting(
  'response-body-inspect-window',
  size,
  16 << 10,
  'bytes between inspections of a response body',
);
const LAYERS = setting(
  'response-body-decompress-layer-limit',
  integer(0, 100),
  2,
  'maximum layers of content encoding that are decoded; 0: none',
);
const INLINE = setting(
  'http-body-inline',
  choice('auto', 'yes', 'no'),
  'auto',
  'inspect bodies as they arrive, whatever their size; auto: inline',
);
const LZMA = setting('lzma-enabled', boolean, false, 'undo LZMA encoding');
const LZMA_MEMORY = setting('lzma-memlimit', size, 1 << 20, 'bytes of memory for an LZMA dictionary');
const BOMB = setting(
  'compression-bomb-limit',
  size,
  1 << 20,
  'decompressed bytes after which the check for a compression bomb starts',
);
const BOMB_RATIO = setting(
  'compression-bomb-ratio',
  integer(2),
  512,
  'compression ratio of a compression bomb',
);
const DECOMPRESSION_TIME = setting(
  'decompression-time-limit',
  integer(),
  100000,
  'maximum decompression time of one body in microseconds; 0: no limit',
);
const FLASH = setting('swf-decompression.enabled', boolean, false, 'decompress Flash files');
const FLASH_TYPE = setting(
  'swf-decompression.type',
  choice('both', 'deflate', 'lzma'),
  'both',
  'compression of Flash files that is decoded',
);
const FLASH_COMPRESSED = setting(
  'swf-decompression.compress-depth',
  size,
  100 << 10,
  'maximum bytes of a compressed Flash file that are decompressed; 0: all',
);
const FLASH_DECOMPRESSED = setting(
  'swf-decompression.decompress-depth',
  size,
  100 << 10,
  'maximum decompressed bytes of a Flash file that are inspected; 0: compression-bomb-limit',
);
const MAX_TRANSACTIONS = setting(
  'max-tx',
  integer(1),
  512,
  'maximum open transactions of a connection; beyond it parsing stops',
);
const MAX_FIELDS = setting(
  'headers-limit',
  integer(1),
  1024,
  'maximum header fields of a message; further ones are ignored',
);
const HEADER_LIMIT = setting(
  'header-size-limit',
  size,
  1 << 20,
  'maximum bytes of a header; further lines are ignored',
);
const FIELD_LIMIT = setting(
  'field-limit',
  size,
  18000,
  'maximum bytes of a header line; beyond it parsing of the connection stops',
);
const DOUBLE_PATH = setting('double-decode-path', boolean, false, 'decode the path a second time');
const DOUBLE_QUERY = setting('double-decode-query', boolean, false, 'decode the query a second time');
const PLUS = setting('query-plusspace-decode', boolean, false, 'decode a plus in the query as a space');
const INCLUDE_ALL = setting(
  'uri-include-all',
  boolean,
  false,
  'include scheme, user, host and port in http.uri',
);
const META_LIMIT = setting('meta-field-limit', size, 18000, 'older name of field-limit');
const PATH = pathOptions(`${PREFIX}${DEFAULTS}`);

export const SERVER_OPTIONS = [
  ...PATH.options,
  PERSONALITY,
  REQUEST_LIMIT,
  RESPONSE_LIMIT,
  REQUEST_MINIMUM,
  REQUEST_WINDOW,
  RESPONSE_MINIMUM,
  RESPONSE_WINDOW,
  LAYERS,
  INLINE,
  LZMA,
  LZMA_MEMORY,
  BOMB,
  BOMB_RATIO,
  DECOMPRESSION_TIME,
  FLASH,
  FLASH_TYPE,
  FLASH_COMPRESSED,
  FLASH_DECOMPRESSED,
  MAX_TRANSACTIONS,
  MAX_FIELDS,
  HEADER_LIMIT,
  FIELD_LIMIT,
  DOUBLE_PATH,
  DOUBLE_QUERY,
  PLUS,
  INCLUDE_ALL,
  META_LIMIT,
];

/** Settings for the servers at certain addresses. */
export interface ServerSettings {
  readonly uri: UriDecodingSettings;
  readonly request: BodyLimits;
  readonly response: BodyLimits;
  readonly layers: number;
  readonly bodyInline: 'auto' | 'yes' | 'no';
  readonly lzma: boolean;
  readonly lzmaMemory: number;
  readonly bombLimit: number;
  readonly bombRatio: number;
  /** Milliseconds; 0: no limit. */
  readonly decompressionTime: number;
  /** Undefined: Flash files are inspected unchanged. */
  readonly flash: FlashSettings | undefined;
  readonly maxTransactions: number;
  readonly headers: HeaderLimits;
  readonly fieldLimit: number;
  readonly doublePath: boolean;
  readonly doubleQuery: boolean;
  readonly plus: boolean;
  readonly includeAll: boolean;
}

/** @param tree the section `default-config`, or the section of a server */
export function serverSettings(tree: ConfigTree): ServerSettings {
  const read = new Config(tree).readerBelow(PREFIX + DEFAULTS);
  return {
    uri: PATH.decodingSettings(read, PERSONALITIES[read(PERSONALITY)]),
    request: { limit: read(REQUEST_LIMIT), minimum: read(REQUEST_MINIMUM), window: read(REQUEST_WINDOW) },
    response: { limit: read(RESPONSE_LIMIT), minimum: read(RESPONSE_MINIMUM), window: read(RESPONSE_WINDOW) },
    layers: read(LAYERS),
    bodyInline: read(INLINE),
    lzma: read(LZMA),
    lzmaMemory: read(LZMA_MEMORY),
    bombLimit: read(BOMB),
    bombRatio: read(BOMB_RATIO),
    decompressionTime: read(DECOMPRESSION_TIME) / 1000,
    flash: read(FLASH)
      ? { type: read(FLASH_TYPE), compressed: read(FLASH_COMPRESSED), decompressed: read(FLASH_DECOMPRESSED) }
      : undefined,
    maxTransactions: read(MAX_TRANSACTIONS),
    headers: { fields: read(MAX_FIELDS), bytes: read(HEADER_LIMIT) },
    fieldLimit: Math.min(read(FIELD_LIMIT), read(META_LIMIT)),
    doublePath: read(DOUBLE_PATH),
    doubleQuery: read(DOUBLE_QUERY),
    plus: read(PLUS),
    includeAll: read(INCLUDE_ALL),
  };
}
