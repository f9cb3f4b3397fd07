/** Matching by Hyperscan or Vectorscan, in the native addon. */
import type { Matcher, Pattern, PatternSet, SharedDatabase } from '../matcher.js';
import type { Memory } from '../memory.js';
import { MATCH_INTS } from '../native/patterns.js';
import type { Native } from '../native.js';

const FIRST_CAPACITY = 1024;

export class HyperscanMatcher implements Matcher {
  readonly kind = 'hyperscan';
  matches = new Uint32Array(FIRST_CAPACITY * MATCH_INTS);
  /** Databases compiled by other threads, which release them. */
  private readonly imported = new Set<number>();

  constructor(
    private readonly memory: Memory,
    private readonly native: Native,
  ) {}

  compile(patterns: readonly Pattern[], streaming: boolean): number {
    return this.native.compileDatabase(patterns, streaming);
  }

  compileAll(sets: readonly PatternSet[]): number[] {
    return sets.length === 0 ? [] : this.native.compileDatabases(sets);
  }

  release(database: number): void {
    if (!this.imported.delete(database)) this.native.releaseDatabase(database);
  }

  size(database: number): { bytes: number; streamBytes: number } {
    return this.native.databaseSize(database);
  }

  exportDatabase(database: number): SharedDatabase {
    return { kind: this.kind, database };
  }

  importDatabase(shared: SharedDatabase): number {
    if (shared.kind !== 'hyperscan')
      throw new Error(`a database of ${shared.kind} cannot be used by Hyperscan`);
    this.native.databaseSize(shared.database);
    this.imported.add(shared.database);
    return shared.database;
  }

  serialize(database: number): Uint8Array {
    return this.native.serializeDatabase(database);
  }

  deserialize(bytes: Uint8Array): number {
    return this.native.deserializeDatabase(bytes);
  }

  openStream(database: number): number {
    return this.native.openStream(database);
  }

  closeStream(stream: number): void {
    this.native.closeStream(stream);
  }

  scan(jobs: Uint32Array, count: number): number {
    const found = this.native.scan(this.memory.bytes, jobs, count, this.matches);
    if (found * MATCH_INTS > this.matches.length) {
      this.matches = new Uint32Array(2 * found * MATCH_INTS);
      this.native.moreMatches(0, this.matches);
    }
    return found;
  }
}
