/**
 * Regular expressions in Perl's syntax over bytes: the contract of PCRE2 and of the RegExp of JavaScript.
 *
 * `Expressions` belongs to one thread; with PCRE2 what is compiled is shared by all of them.
 */

/** Offset of a group that took no part in the match. */
export const UNSET = 0xffffffff;
/** Results of `match` besides the number of groups. */
export const NO_MATCH = 0;
export const LIMIT_REACHED = -1;
export const MATCH_ERROR = -2;

export interface ExpressionSource {
  /** Each character is one byte, unless the option u is given. */
  readonly pattern: string;
  /** Letters: i m s x as in Perl, A anchored at the start, E `$` at the very end only, G ungreedy, u UTF-8. */
  readonly options: string;
  /** Bounds on backtracking; 0 or absent: PCRE2's defaults. JavaScript has none. */
  readonly matchLimit?: number;
  readonly recursionLimit?: number;
}

export type ExpressionKind = 'pcre2' | 'regexp';

/** An expression on its way to another thread by `postMessage` or `workerData`. */
export type SharedExpression =
  | { readonly kind: 'pcre2'; readonly expression: number }
  | { readonly kind: 'regexp'; readonly source: ExpressionSource };

export interface Expressions {
  readonly kind: ExpressionKind;

  /** @returns its number, from 1  @throws Error that says what is wrong, or not supported, and where */
  compile(source: ExpressionSource): number;
  /** Gives the number back. An expression compiled here must not be used by any thread any more. */
  release(expression: number): void;
  /** Gives back all that was compiled here. */
  releaseAll(): void;
  /** Highest number of a group, and the numbers of those that have names. */
  groups(expression: number): { count: number; names: Record<string, number> };

  exportExpression(expression: number): SharedExpression;
  /** @returns the number of that expression here  @throws Error when it is of another kind */
  importExpression(shared: SharedExpression): number;

  /**
   * Searches `bytes[from, end)` for the first match that begins at `start` or later. What lies between `from`
   * and `start` is seen by lookbehinds and `^` alone.
   * @param groups receives pairs of absolute offsets, begin and end: of the match, then of each group that fits
   * (UNSET where a group took no part)
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
