/**
 * Compiled databases on disk, by the hash of what they were made from. A file that cannot be read, or was made by
 * another version, is made anew.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matcher, Pattern, PatternSet } from '../../engine/matcher.js';

/** Raise it when the meaning of cached bytes changes. */
const FORMAT = 'sluice-1';

/** Compiling so few patterns takes less time than reading a file. */
const WORTH_KEEPING = 32;

/** What a database is made of, and its content hash. */
export interface KeyedSet extends PatternSet {
  readonly key: string;
}

export class DatabaseCache {
  /** Databases read from the cache, and compiled. */
  hits = 0;
  misses = 0;
  private broken = false;

  /** @param folder where files are kept; none without one  @param warn told once when it cannot be written */
  constructor(
    private readonly folder: string | undefined,
    private readonly warn: (message: string) => void = () => {},
  ) {}

  /** Content hash of a database; 40 hexadecimal digits. */
  keyOf(kind: string, patterns: readonly Pattern[], streaming: boolean): string {
    const hash = createHash('sha256').update(`${FORMAT} ${kind} ${process.arch} ${streaming}\n`);
    const head = Buffer.alloc(8);
    for (const { flags, bytes } of patterns) {
      head.writeUInt32LE(flags, 0);
      head.writeUInt32LE(bytes.length, 4);
      hash.update(head).update(bytes);
    }
    return hash.digest('hex').slice(0, 40);
  }

  /** Databases from their files, the others compiled and kept. @returns their numbers in `matcher` */
  compile(matcher: Matcher, sets: readonly KeyedSet[]): number[] {
    const numbers = sets.map(set => (this.isKept(set) ? this.read(matcher, set.key) : undefined));
    const missing = sets.filter((_, i) => numbers[i] === undefined);
    const made = matcher.compileAll(missing);
    this.misses += missing.length;
    missing.forEach((set, i) => {
      if (this.isKept(set)) this.write(matcher, set.key, made[i]!);
    });
    let next = 0;
    return numbers.map(number => number ?? made[next++]!);
  }

  private isKept({ patterns }: KeyedSet): boolean {
    return this.folder !== undefined && patterns.length >= WORTH_KEEPING;
  }

  private read(matcher: Matcher, key: string): number | undefined {
    try {
      const database = matcher.deserialize(readFileSync(this.path(key)));
      this.hits++;
      return database;
    } catch {
      return undefined;
    }
  }

  private write(matcher: Matcher, key: string, database: number): void {
    if (this.broken) return;
    try {
      mkdirSync(this.folder!, { recursive: true });
      // Renamed when whole: another process may read at the same time.
      const temporary = `${this.path(key)}.${process.pid}`;
      writeFileSync(temporary, matcher.serialize(database));
      renameSync(temporary, this.path(key));
    } catch (error) {
      this.broken = true;
      this.warn(`compiled patterns cannot be kept in ${this.folder}: ${(error as Error).message}`);
    }
  }

  private path(key: string): string {
    return join(this.folder!, `${key}.patterns`);
  }
}
