/** The integer syntax shared by many keywords, with error positions. */
import {
  IntegerError,
  type IntegerSyntax,
  type IntegerTest,
  parseInteger as parse,
} from '../../engine/integers.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

export { compileInteger, type IntegerSyntax, type IntegerTest } from '../../engine/integers.js';

/** @throws RuleError "invalid … value" */
export function parseInteger(
  text: string,
  keyword: string,
  syntax: IntegerSyntax,
  at: Position,
): IntegerTest {
  try {
    return parse(text, keyword, syntax);
  } catch (error) {
    if (error instanceof IntegerError) throw new RuleError(error.message, at, error.suggestion);
    throw error;
  }
}
