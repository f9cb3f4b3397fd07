/**
 * Compiled databases on disk, keyed by the hash of their input. A file that cannot be read, or was written by another
 * version, is replaced.
 */
import { createHash } from 'node:crypto';
import type { Matcher, Pattern, PatternSet } from '../../engine/matcher.js';
import type { CacheFolder } from './cache-folder.js';

/** Change it whenever the format of cached bytes changes. */
const FORMAT = 'sluice-1';

/** Input of a database, and its hash. */
export interface KeyedSet extends PatternSet {
  readonly key: string;
}

/** Content hash of a database; 40 hexadecimal digits. */
export function keyOf(kind: string, patterns: readonly Pattern[], streaming: boolean): string {
  const hash = createHash('sha256').update(`${FORMAT} ${kind} ${process.arch} ${streaming}\n`);
  const head = Buffer.alloc(8);
  for (const { flags, bytes } of patterns) {
    head.writeUInt32LE(flags, 0);
    head.writeUInt32LE(bytes.length, 4);
    hash.update(head).update(bytes);
  }
  return hash.digest('hex').slice(0, 40);
}

export class DatabaseCache {
  /** @param folder where files are stored; undefined: no cache */
  constructor(private readonly folder: CacheFolder | undefined) {}

  /** Loads databases from the cache; compiles and stores the missing ones. @returns their numbers in `matcher` */
  compile(matcher: Matcher, sets: readonly KeyedSet[]): number[] {
    const numbers = sets.map(set => this.read(matcher, set.key));
    const missing = sets.filter((_, i) => numbers[i] === undefined);
    const made = matcher.compileAll(missing);
    missing.forEach(({ key }, i) => {
      this.folder?.write(`${key}.patterns`, matcher.serialize(made[i]!));
    });
    let next = 0;
    return numbers.map(number => number ?? made[next++]!);
  }

  /** @returns its number in `matcher`; undefined if it must be compiled */
  read(matcher: Matcher, key: string): number | undefined {
    const bytes = this.folder?.read(`${key}.patterns`);
    try {
      return bytes && matcher.deserialize(bytes);
    } catch {
      return undefined;
    }
  }
}
