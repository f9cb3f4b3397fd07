/**
 * Multi-pattern matching over the shared memory: the common interface of Hyperscan and the pure TypeScript
 * implementation.
 *
 * A *database* is a compiled set of patterns, a *job* one piece of data to scan with one database. A scan processes the
 * jobs of a whole batch. A matcher belongs to one thread; databases are shared by all threads.
 */

import type { NativePattern, NativePatternSet } from './native/patterns.js';

/** Flags are PATTERN_CASELESS (ASCII letters) and, for Hyperscan only, PATTERN_REGEX and PATTERN_PREFILTER. */
export type Pattern = NativePattern;

export {
  JOB_INTS,
  MATCH_INTS,
  PATTERN_CASELESS,
  PATTERN_PREFILTER,
  PATTERN_REGEX,
} from './native/patterns.js';

/** The patterns of one database. */
export type PatternSet = NativePatternSet;

export type MatcherKind = 'hyperscan' | 'qgram';

/** A database in the form sent to another thread by `postMessage` or `workerData`; nothing is copied. */
export type SharedDatabase =
  | { readonly kind: 'hyperscan'; readonly database: number }
  | { readonly kind: 'qgram'; readonly tables: SharedArrayBuffer };

export interface Matcher {
  readonly kind: MatcherKind;

  /**
   * Compiles a database; for streams if `streaming`, otherwise for data that is complete in each job.
   * @returns its number, from 1  @throws Error naming the pattern that is refused
   */
  compile(patterns: readonly Pattern[], streaming: boolean): number;
  /** Compiles many databases, in parallel if possible. @returns their numbers in the order of the sets */
  compileAll(sets: readonly PatternSet[]): number[];
  /** Releases the number. A database compiled here must no longer be scanned by any thread. */
  release(database: number): void;
  /** Bytes of the database, and of one stream's state (0 if not for streams). */
  size(database: number): { bytes: number; streamBytes: number };

  /** The database in a form that can be sent to other threads of this process. */
  exportDatabase(database: number): SharedDatabase;
  /** @returns the number of that database in this matcher  @throws Error if it is of another kind */
  importDatabase(shared: SharedDatabase): number;

  /** The database as bytes for a cache file; valid for the same version and CPU only. */
  serialize(database: number): Uint8Array;
  /** @throws Error if the bytes are damaged or of another version */
  deserialize(bytes: Uint8Array): number;

  /** Begins a stream that this matcher scans piece by piece; never 0. */
  openStream(database: number): number;
  closeStream(stream: number): void;

  /**
   * Scans `count` jobs: four numbers each, database, stream (0: none), offset into the memory, length.
   * Each id is reported at most once per job, with the first end of any of its patterns.
   * @returns number of matches in `matches`
   */
  scan(jobs: Uint32Array, count: number): number;
  /**
   * Matches of the last scan, by job: index of the job, id, end relative to the job's data (a match of a stream may
   * begin in earlier data). Read this property again after each scan: the array is replaced when it grows.
   */
  readonly matches: Uint32Array;
}
