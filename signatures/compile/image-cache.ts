/**
 * Whole compiled rule sets on disk, keyed by the hash of all inputs: configuration, files and program version.
 * Unchanged rules are not even parsed.
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Matcher } from '../../engine/matcher.js';
import type { RuleOutcome } from '../rule-set.js';
import { DatabaseCache } from './cache.js';
import type { CacheFolder } from './cache-folder.js';
import type { CompiledDatabase } from './databases.js';
import type { RuleSetImage } from './image.js';
import { packed, unpacked } from './image-file.js';

/** Inputs of a rule set. */
export interface RuleSources {
  /** Plain data: settings, versions. */
  readonly settings: unknown;
  /** Files that loading reads, in order. */
  readonly files: readonly string[];
}

/** A compiled rule set, and the outcome of loading its rules. */
export interface CachedRules {
  readonly image: RuleSetImage;
  readonly outcome: RuleOutcome;
}

/** @returns 40 hexadecimal digits */
export function rulesKey({ settings, files }: RuleSources): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const file of files) {
    hash.update(`\n${file}\n`);
    addFile(hash, file);
  }
  return hash.digest('hex').slice(0, 40);
}

/** Files named in rules are known only after parsing. */
function keyOfNamed({ named }: RuleOutcome): string {
  return rulesKey({ settings: '', files: named });
}

const PIECE = 1 << 20;

/** An unreadable file counts as missing. */
function addFile(hash: Hash, path: string): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.allocUnsafe(PIECE);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read));
  } catch {
    hash.update('(none)');
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export class ImageCache {
  private readonly databases: DatabaseCache;

  constructor(
    private readonly folder: CacheFolder,
    private readonly matcher: Matcher,
  ) {
    this.databases = new DatabaseCache(folder);
  }

  /** @param previous the active rule set: its databases are reused @returns undefined if it must be compiled */
  read(key: string, previous?: RuleSetImage): CachedRules | undefined {
    const file = this.folder.read(`${key}.rules`);
    if (!file) return undefined;
    try {
      const { image, outcome, namedKey } = unpacked(file) as CachedRules & { readonly namedKey: string };
      if (namedKey !== keyOfNamed(outcome)) return undefined;
      const known = new Map(previous?.databases.map(database => [database.key, database]));
      const databases = image.databases.map(each => known.get(each.key) ?? this.opened(each));
      return { image: { ...image, databases }, outcome };
    } catch {
      return undefined;
    }
  }

  write(key: string, { image, outcome }: CachedRules): void {
    const databases = image.databases.map(({ shared: _, ...rest }) => rest);
    this.folder.write(
      `${key}.rules`,
      ...packed({ image: { ...image, databases }, outcome, namedKey: keyOfNamed(outcome) }),
    );
  }

  private opened(database: CompiledDatabase): CompiledDatabase {
    const number = this.databases.read(this.matcher, database.key);
    if (number === undefined) throw new Error(`database ${database.key} is not there`);
    return { ...database, shared: this.matcher.exportDatabase(number) };
  }
}
