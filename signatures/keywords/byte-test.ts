/** byte_test: compares a number read from the buffer. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import {
  applyFormat,
  type ByteFormat,
  byteCount,
  checkDce,
  fields,
  largeNumberOrVariable,
  type NumberOrVariable,
  numberOrVariable,
} from './byte-arguments.js';
import { byteReader, wholeSource } from './byte-reading.js';
import { and, type Whole } from './whole-number.js';

const OPERATORS = ['<=', '>=', '<', '>', '=', '&', '^'] as const;
type Operator = (typeof OPERATORS)[number];

export interface ByteTestMatch extends Match, ByteFormat {
  readonly kind: 'byte_test';
  readonly bytes: NumberOrVariable;
  readonly operator: Operator;
  readonly negated: boolean;
  readonly value: NumberOrVariable;
  readonly offset: NumberOrVariable;
}

const byteTest: Keyword = {
  name: 'byte_test',
  family: 'payload',
  summary: 'Compares a number read from the buffer.',
  grammar:
    'bytes, [!]operator, value, offset [, relative] [, big|little] [, string, dec|hex|oct] [, dce] [, bitmask value]',
  parse(rule, argument, at) {
    const [bytes, operation, value, offset, ...flags] = fields(argument!);
    if (bytes === undefined || operation === undefined || value === undefined || offset === undefined) {
      throw new RuleError('byte_test needs bytes, operator, value and offset', at, byteTest.grammar);
    }
    const format: ByteFormat = { relative: false, littleEndian: false };
    for (const flag of flags) {
      if (!applyFormat(flag, format, 'byte_test', at))
        throw new RuleError(`unknown byte_test argument "${flag}"`, at, byteTest.grammar);
    }
    checkDce(format, rule, 'byte_test', at);
    const negated = operation.startsWith('!');
    const operator =
      OPERATORS.find(each => each === operation.slice(negated ? 1 : 0).trim()) ??
      (operation === '!' ? '=' : undefined);
    if (!operator)
      throw new RuleError(
        `unknown byte_test operator "${operation}"`,
        at,
        `one of ${OPERATORS.join(' ')}, optionally negated with !`,
      );
    const match: ByteTestMatch = {
      kind: 'byte_test',
      bytes: byteCount(bytes, rule, format, 'byte_test', at),
      operator,
      negated,
      value: largeNumberOrVariable(value, rule, 'byte_test', at),
      offset: numberOrVariable(offset, rule, 'byte_test', -65_535, 65_535, at),
      ...format,
    };
    rule.addAfterPrevious(match, match.relative);
  },
};

function compare(operator: Operator): (found: Whole, value: Whole) => boolean {
  switch (operator) {
    case '<':
      return (found, value) => found < value;
    case '<=':
      return (found, value) => found <= value;
    case '>':
      return (found, value) => found > value;
    case '>=':
      return (found, value) => found >= value;
    case '=':
      return (found, value) => found === value;
    case '^':
      return (found, value) => found !== value;
    case '&':
      return (found, value) => and(found, value) !== 0;
  }
}

export const byteTestKeywords: readonly Keyword[] = [byteTest];

export const byteTestCompilers: readonly MatchCompiler[] = [
  {
    kind: 'byte_test',
    compile(match, environment) {
      const { bytes, offset, value, operator, negated, ...format } = match as ByteTestMatch;
      const reader = byteReader({ bytes, offset }, format, environment);
      const wanted = wholeSource(value, environment);
      const holds = compare(operator);
      return at => reader.read(at) && holds(reader.value, wanted(at)) !== negated;
    },
  },
];
