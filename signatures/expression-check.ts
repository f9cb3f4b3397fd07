/** Validates the regular expressions of rules: compiles and frees them. */

import { openExpressions } from '../engine/expression/open.js';
import type { Expressions } from '../engine/expression.js';
import { flatText } from './flat-text.js';
import type { RuleContext } from './rule-context.js';
import { RuleError, UnsupportedRule } from './rule-error.js';

/** @param expressions of this thread; created here if absent */
export function expressionCheck(
  expressions: Expressions = openExpressions('auto'),
): NonNullable<RuleContext['checkExpression']> {
  const right = new Set<string>();
  return (pattern, options, at) => {
    const key = flatText(`${options}/${pattern}`);
    if (right.has(key)) return;
    try {
      expressions.release(expressions.compile({ pattern, options }));
      right.add(key);
    } catch (error) {
      // RegExp supports less than PCRE2: an expression that it refuses may be valid.
      if (expressions.kind === 'regexp')
        throw new UnsupportedRule('a regular expression that needs the native addon', at);
      throw new RuleError(
        `pcre "/${pattern}/${options}" cannot be compiled: ${(error as Error).message}`,
        at,
      );
    }
  };
}
