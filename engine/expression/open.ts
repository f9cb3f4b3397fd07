/** Chooses between PCRE2 and the regular expressions of JavaScript. */
import type { ExpressionKind, Expressions } from '../expression.js';
import { native, nativeProblem } from '../native.js';
import { Pcre2Expressions } from './pcre2.js';
import { RegexpExpressions } from './regexp.js';

/**
 * Opens regular expressions for the calling thread.
 * @param kind `auto`: PCRE2 if the addon is built
 * @throws Error if `pcre2` is requested but not available
 */
export function openExpressions(kind: ExpressionKind | 'auto'): Expressions {
  const addon = kind === 'regexp' ? undefined : native();
  if (addon) return new Pcre2Expressions(addon);
  if (kind === 'pcre2') throw new Error(`PCRE2 is not available: ${nativeProblem()}`);
  return new RegexpExpressions();
}
