/** What is determined about files, and which may be stored: from the outputs `eve-log` (`files`) and `file-store`. */

import { Config, type ConfigTree } from '../config/config.js';
import {
  boolean,
  choice,
  integer,
  names,
  type OptionType,
  option,
  size,
  text,
  texts,
} from '../config/option.js';
import { outputEntries } from '../config/output-list.js';
import { STREAM_DEPTH } from '../stream/stream-depth.js';
import { usedKeywords } from '../used-keywords.js';
import { DISABLE_HASHING, hashes } from './hashing.js';
import { type KindOf, kindReader } from './magic.js';

const STORE = 'outputs.*.file-store.';
const DIGESTS = names('md5', 'sha1', 'sha256');

export const STORE_ENABLED = option(`${STORE}enabled`, boolean, true, 'store files');
export const STORE_VERSION = option(`${STORE}version`, choice('2'), '2', 'layout of the file store');
export const STORE_DIR = option(`${STORE}dir`, text, 'filestore', 'folder of the file store');
export const STORE_ALL = option(`${STORE}force-filestore`, boolean, false, 'store all files');
export const STORE_HASH = option(`${STORE}force-hash`, DIGESTS, [], 'digests to compute: md5, sha1, sha256');
export const STORE_MAGIC = option(`${STORE}force-magic`, boolean, false, 'determine the type of all files');
export const STORE_FILEINFO = option(
  `${STORE}write-fileinfo`,
  boolean,
  false,
  'write a record next to each file',
);
/** No separate depth. */
const NO_DEPTH = -1;
const depth: OptionType<number> = {
  expected: `${size.expected}, or no`,
  parse: value => (value === false || value === 'no' ? NO_DEPTH : size.parse(value)),
};
export const STORE_DEPTH = option(
  `${STORE}stream-depth`,
  depth,
  NO_DEPTH,
  'stream depth for stored files, if larger than the reassembly depth; 0: no limit',
);
export const STORE_MOST_OPEN = option(
  `${STORE}max-open-files`,
  integer(),
  1000,
  'accepted for compatibility, files are not kept open',
);
export const STORE_LIMIT = option(
  `${STORE}max-file-size`,
  size,
  64 << 20,
  'bytes of a file kept in memory to be stored; a larger file is truncated, and stored under the digest of that part',
);
export const EVE_FILES_HASH = option(
  'outputs.*.eve-log.types.*.files.force-hash',
  DIGESTS,
  [],
  'digests logged for all files: md5, sha1, sha256',
);
export const EVE_FILES_MAGIC = option(
  'outputs.*.eve-log.types.*.files.force-magic',
  boolean,
  false,
  'determine the type of all files',
);

export const MAGIC_FILE = option(
  'magic-file',
  text,
  '',
  'libmagic database for file types; empty: that of the system',
);

export const FILE_OPTIONS = [
  DISABLE_HASHING,
  MAGIC_FILE,
  STORE_ENABLED,
  STORE_VERSION,
  STORE_DIR,
  STORE_ALL,
  STORE_HASH,
  STORE_MAGIC,
  STORE_FILEINFO,
  STORE_DEPTH,
  STORE_MOST_OPEN,
  STORE_LIMIT,
  EVE_FILES_HASH,
  EVE_FILES_MAGIC,
];

export interface FileSettings {
  readonly md5: boolean;
  readonly sha1: boolean;
  readonly sha256: boolean;
  /** The type of each file is logged. */
  readonly magic: boolean;
  readonly kindOf: KindOf;
  /** A file store is configured: bytes are kept until the decision whether to store the file. */
  readonly mayStore: boolean;
  readonly storeAll: boolean;
  /** Bytes kept of a file. */
  readonly maxStored: number;
  /** Depth of reassembly while a file is tracked; undefined: as configured for streams, 0: no limit. */
  readonly streamDepth: number | undefined;
}

/** @param shared objects prepared for all threads: digests are computed if rules use them */
export function fileSettings(config: Config, shared: Readonly<Record<string, unknown>> = {}): FileSettings {
  // Stored files are named by their digest.
  const store = hashes(config) ? outputEntries(config, 'file-store')[0] : undefined;
  const eve = outputEntries(config, 'eve-log').map(eveFiles);
  const digests = wantedDigests(config, shared, store, eve);
  return {
    md5: digests.includes('md5'),
    sha1: digests.includes('sha1'),
    sha256: digests.includes('sha256'),
    magic: [store, ...eve].some(each => boolean.parse(each?.at('force-magic') ?? false) === true),
    kindOf: kindReader(config.read(MAGIC_FILE)),
    mayStore: store !== undefined,
    storeAll: store !== undefined && boolean.parse(store.at('force-filestore') ?? false) === true,
    maxStored: (store && size.parse(store.at('max-file-size'))) ?? STORE_LIMIT.fallback,
    streamDepth: store && storeDepth(store.at('stream-depth'), config.read(STREAM_DEPTH)),
  };
}

function wantedDigests(
  config: Config,
  shared: Readonly<Record<string, unknown>>,
  store: Config | undefined,
  eve: readonly (Config | undefined)[],
): readonly string[] {
  if (!hashes(config)) return [];
  return [
    ...digestsOfRules(shared),
    ...(store ? ['sha256', ...readHashes(store.at('force-hash'))] : []),
    ...eve.flatMap(each => readHashes(each?.at('force-hash'))),
  ];
}

/** Only a depth greater than that of streams matters. */
function storeDepth(given: unknown, ofStreams: number): number | undefined {
  const own = depth.parse(given) ?? NO_DEPTH;
  return own === 0 || (ofStreams > 0 && own > ofStreams) ? own : undefined;
}

function readHashes(value: unknown): readonly string[] {
  const given = value === undefined || value === null ? [] : (texts.parse(value) ?? []);
  return given.map(name => name.toLowerCase());
}

/** Settings of the `files` type of an eve-log, if listed. */
function eveFiles(entry: Config): Config | undefined {
  const types = entry.at('types');
  if (!Array.isArray(types)) return undefined;
  for (const type of types) {
    if (type === 'files') return new Config({});
    if (type !== null && typeof type === 'object' && Object.hasOwn(type, 'files'))
      return new Config(((type as ConfigTree)['files'] ?? {}) as ConfigTree);
  }
  return undefined;
}

/** Digests that rules compare. */
function digestsOfRules(shared: Readonly<Record<string, unknown>>): string[] {
  const keywords = usedKeywords(shared);
  return ['md5', 'sha1', 'sha256'].filter(kind => keywords.includes(`file${kind}`));
}
