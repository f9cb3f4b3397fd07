/** Pattern matching of the addon (Hyperscan): databases, streams, and scans of many pieces of data in one call. */

/** Bits of `NativePattern.flags`. */
export const PATTERN_CASELESS = 1;
/** The pattern is a Hyperscan regular expression; otherwise its bytes are taken literally. */
export const PATTERN_REGEX = 2;
/** Unsupported constructs are approximated: it may match more, never less. For regular expressions. */
export const PATTERN_PREFILTER = 4;

export interface NativePattern {
  /** Reported on a match; below 2^31. Patterns of one id are alternatives: the id is reported once. */
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly flags: number;
}

/** The patterns of one database. */
export interface NativePatternSet {
  readonly patterns: readonly NativePattern[];
  readonly streaming: boolean;
}

/** Four uint32 per job of `scan`: database, stream (0: block mode), offset, length. */
export const JOB_INTS = 4;
/** Three uint32 per match: index of the job, id of the pattern, end of the match relative to the job's data. */
export const MATCH_INTS = 3;

export interface NativePatterns {
  /** Compiles a database for block or streaming use. @throws Error naming the refused pattern. */
  compileDatabase(patterns: readonly NativePattern[], streaming: boolean): number;
  /** Compiles a database for each set, on as many threads as there are processors. @returns their numbers */
  compileDatabases(sets: readonly NativePatternSet[]): number[];
  /** The database as bytes, for a cache file (only for the same Hyperscan version and CPU). */
  serializeDatabase(database: number): Buffer;
  /** @throws Error if the bytes are not a database of this version and platform. */
  deserializeDatabase(bytes: Uint8Array): number;
  /** Releases its number; the memory is freed once no thread and no open stream uses it any more. */
  releaseDatabase(database: number): void;
  /** Bytes of the database, and of one stream's state (0 in block mode). */
  databaseSize(database: number): { bytes: number; streamBytes: number };

  /**
   * Opens streaming state for `database`; closes it. Stream numbers belong to the calling thread.
   * 0 is never a stream.
   */
  openStream(database: number): number;
  closeStream(stream: number): void;

  /**
   * Scans `count` jobs (see JOB_INTS) over `bytes`. Each id is reported at most once per job, with its first end. The
   * database of a stream is the one it was opened with. Matches are written to `matches` (see MATCH_INTS).
   * @returns number of matches; if more than fit, the rest is fetched with `moreMatches`.
   */
  scan(bytes: Uint8Array, jobs: Uint32Array, count: number, matches: Uint32Array): number;
  /** Copies matches of the last scan from number `from` on; @returns how many were copied. */
  moreMatches(from: number, matches: Uint32Array): number;
}
