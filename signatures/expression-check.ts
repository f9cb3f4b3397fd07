/** Whether the regular expressions of rules are right: they are compiled and given back. */

import { openExpressions } from '../engine/expression/open.js';
import type { Expressions } from '../engine/expression.js';
import { flatText } from './flat-text.js';
import type { RuleContext } from './rule-context.js';
import { RuleError, UnsupportedRule } from './rule-error.js';

/** @param expressions of this thread; opened here where absent */
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
      // RegExp knows less than PCRE2 does: what it refuses may be right.
      if (expressions.kind === 'regexp')
        throw new UnsupportedRule('a regular expression that needs the native addon', at);
      throw new RuleError(
        `pcre "/${pattern}/${options}" cannot be compiled: ${(error as Error).message}`,
        at,
      );
    }
  };
}
