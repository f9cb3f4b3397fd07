/**
 * Integers with several values per transaction: a comparison, optionally followed by a comma and the values it applies
 * to: `any` (the default), `all`, `all1` (all of at least one), an index from the start or (negative) from the end,
 * `oob_or N` (that one, if it exists), `nb>2` (number of values that match).
 */
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { compileInteger, type IntegerSyntax, type IntegerTest, parseInteger } from './integers.js';

export interface MultiIntegerTest extends IntegerTest {
  readonly which?: 'any' | 'all' | 'all1' | 'index' | 'index or absent' | 'count';
  readonly index?: number;
  readonly count?: IntegerTest;
}

/** @throws RuleError */
export function parseMultiInteger(
  text: string,
  keyword: string,
  syntax: IntegerSyntax,
  at: Position,
): MultiIntegerTest {
  const comma = text.indexOf(',');
  if (comma < 0) return parseInteger(text, keyword, syntax, at);
  const test = parseInteger(text.slice(0, comma), keyword, syntax, at);
  const which = text.slice(comma + 1).trim();
  if (which === 'any' || which === 'all' || which === 'all1') return { ...test, which };
  const index = /^(oob_or\s+)?(-?\d{1,9})$/.exec(which);
  if (index) return { ...test, which: index[1] ? 'index or absent' : 'index', index: Number(index[2]) };
  if (which.startsWith('nb'))
    return { ...test, which: 'count', count: parseInteger(which.slice(2), keyword, { bits: 32 }, at) };
  throw new RuleError(
    `invalid index "${which}" of ${keyword}`,
    at,
    'any, all, all1, a number, oob_or number or nb>number',
  );
}

/** Compiles a test. */
export function compileMultiInteger(test: MultiIntegerTest): (values: readonly number[]) => boolean {
  const holds = compileInteger(test);
  switch (test.which) {
    case 'all':
      return values => values.every(holds);
    case 'all1':
      return values => values.length > 0 && values.every(holds);
    case 'index':
    case 'index or absent': {
      const absent = test.which === 'index or absent';
      return values => {
        const value = values.at(test.index!);
        return value === undefined ? absent : holds(value);
      };
    }
    case 'count': {
      const enough = compileInteger(test.count!);
      return values => enough(values.reduce((count, value) => count + (holds(value) ? 1 : 0), 0));
    }
    default:
      return values => values.some(holds);
  }
}
