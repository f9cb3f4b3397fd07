/**
 * Regular expressions in Perl syntax over bytes: the common interface of PCRE2 and JavaScript's RegExp.
 *
 * `Expressions` belongs to one thread; with PCRE2 compiled expressions are shared by all threads.
 */

/** Offset of a group that did not participate in the match. */
export const UNSET = 0xffffffff;
/** Results of `match` other than the number of groups. */
export const NO_MATCH = 0;
export const LIMIT_REACHED = -1;
export const MATCH_ERROR = -2;

export interface ExpressionSource {
  /** Each character is one byte, unless the option u is given. */
  readonly pattern: string;
  /** Letters: i m s x as in Perl, A anchored at the start, E `$` at the very end only, G ungreedy, u UTF-8. */
  readonly options: string;
  /** Bounds on backtracking; 0 or absent: PCRE2's defaults. Not supported by JavaScript. */
  readonly matchLimit?: number;
  readonly recursionLimit?: number;
}

export type ExpressionKind = 'pcre2' | 'regexp';

/** An expression in the form sent to another thread by `postMessage` or `workerData`. */
export type SharedExpression =
  | { readonly kind: 'pcre2'; readonly expression: number }
  | { readonly kind: 'regexp'; readonly source: ExpressionSource };

export interface Expressions {
  readonly kind: ExpressionKind;

  /** @returns its number, from 1  @throws Error saying what is invalid or unsupported, and where */
  compile(source: ExpressionSource): number;
  /** Releases the number. An expression compiled here must no longer be used by any thread. */
  release(expression: number): void;
  /** Releases all expressions compiled here. */
  releaseAll(): void;
  /** Highest number of a group, and the numbers of named groups. */
  groups(expression: number): { count: number; names: Record<string, number> };

  exportExpression(expression: number): SharedExpression;
  /** @returns the number of that expression here  @throws Error if it is of another kind */
  importExpression(shared: SharedExpression): number;

  /**
   * Searches `bytes[from, end)` for the first match that begins at `start` or later. Bytes between `from` and `start`
   * are visible to lookbehinds and `^` only.
   * @param groups receives pairs of absolute offsets, begin and end: of the match, then of each group that fits (UNSET
   * if a group did not participate)
   * @returns number of pairs, NO_MATCH, LIMIT_REACHED or MATCH_ERROR
   */
  match(
    expression: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    groups: Uint32Array,
  ): number;
}
