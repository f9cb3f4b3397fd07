/** Regular expressions of the addon (PCRE2). */

export interface NativeExpressions {
  /**
   * Compiles a PCRE2 expression with JIT. `options`: letters i m s x (as in Perl), A anchored, E dollar end only,
   * G ungreedy, u UTF; without u each character of `pattern` is one byte. Limits bound backtracking, 0 is
   * PCRE2's default.
   * @throws Error with PCRE2's message and the offset in the pattern.
   */
  compileExpression(pattern: string, options: string, matchLimit: number, recursionLimit: number): number;
  /** Highest group number, and the numbers of named groups. */
  expressionGroups(expression: number): { count: number; names: Record<string, number> };
  /**
   * Matches from `start` on in `bytes[from, end)` (start is absolute, lookbehinds see bytes from `from` on). Writes
   * pairs of absolute offsets to `groups` (0xFFFFFFFF: unset).
   * @returns number of pairs; 0: no match; -1: a limit was reached; -2: another error.
   */
  matchExpression(
    expression: number,
    bytes: Uint8Array,
    from: number,
    start: number,
    end: number,
    groups: Uint32Array,
  ): number;
  releaseExpression(expression: number): void;
}
