/** byte_extract and byte_math: store numbers of the buffer in variables. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import {
  applyFormat,
  type ByteFormat,
  byteCount,
  checkDce,
  fields,
  type NumberOrVariable,
  numberOrVariable,
  variableName,
  wholeNumber,
} from './byte-arguments.js';
import { byteReader, wholeSource } from './byte-reading.js';
import { aligned, calculate, masked, type Operator } from './whole-number.js';

export interface ByteExtractMatch extends Match, ByteFormat {
  readonly kind: 'byte_extract';
  readonly bytes: NumberOrVariable;
  readonly offset: NumberOrVariable;
  readonly name: string;
  readonly multiplier: number;
  readonly align: number;
}

const OPERATORS: readonly Operator[] = ['+', '-', '*', '/', '<<', '>>'];

export interface ByteMathMatch extends Match, ByteFormat {
  readonly kind: 'byte_math';
  readonly bytes: NumberOrVariable;
  readonly offset: NumberOrVariable;
  readonly operator: Operator;
  readonly value: NumberOrVariable;
  readonly name: string;
}

const byteExtract: Keyword = {
  name: 'byte_extract',
  family: 'payload',
  summary: 'Reads a number from the buffer and stores it in a variable.',
  grammar:
    'bytes, offset, name [, relative] [, multiplier n] [, big|little] [, string, dec|hex|oct] [, align 2|4] [, dce] [, bitmask value]',
  parse(rule, argument, at) {
    const [bytes, offset, name, ...flags] = fields(argument!);
    if (bytes === undefined || offset === undefined || name === undefined) {
      throw new RuleError('byte_extract needs bytes, offset and name', at, byteExtract.grammar);
    }
    const format: ByteFormat = { relative: false, littleEndian: false };
    let multiplier = 1;
    let align = 0;
    const given = new Set<string>();
    if (flags.includes('big') && flags.includes('little'))
      throw new RuleError('byte_extract: byte order must be big or little, not both', at);
    for (const flag of flags) {
      const [word = '', number] = flag.split(/\s+/);
      if (given.has(word)) throw new RuleError(`byte_extract: ${word} is given twice`, at);
      given.add(word);
      if (word === 'multiplier' && number)
        multiplier = wholeNumber(number, 'byte_extract multiplier', 1, 65_535, at);
      else if (word === 'align' && (number === '2' || number === '4')) align = Number(number);
      else if (!applyFormat(flag, format, 'byte_extract', at)) {
        throw new RuleError(`unknown byte_extract argument "${flag}"`, at, byteExtract.grammar);
      }
    }
    checkDce(format, rule, 'byte_extract', at);
    const match: ByteExtractMatch = {
      kind: 'byte_extract',
      bytes: byteCount(bytes, rule, format, 'byte_extract', at),
      offset: wholeNumber(offset, 'byte_extract', -65_535, 65_535, at),
      name: variableName(name, 'byte_extract', at),
      multiplier,
      align,
      ...format,
    };
    if (rule.variables.has(name)) throw new RuleError(`variable "${name}" is already set`, at);
    rule.declareVariable(name);
    rule.addAfterPrevious(match, match.relative);
  },
};

const byteMath: Keyword = {
  name: 'byte_math',
  family: 'payload',
  summary: 'Calculates with a number read from the buffer and stores the result in a variable.',
  grammar:
    'bytes n, offset n, oper +|-|*|/|<<|>>, rvalue n, result name [, relative] [, endian big|little] [, string dec|hex|oct] [, dce] ' +
    '[, bitmask value]',
  parse: (rule, argument, at) => parseMath(rule, argument!, at),
};

/** Words that precede a value. */
const MATH_WORDS = ['bytes', 'offset', 'oper', 'rvalue', 'result'];

function parseMath(rule: RuleBuilder, argument: string, at: Position): void {
  const given = new Map<string, string>();
  const format: ByteFormat = { relative: false, littleEndian: false };
  for (const field of fields(argument)) {
    const [word = '', ...rest] = field.split(/\s+/);
    const value = rest.join(' ');
    if (given.has(word)) throw new RuleError(`byte_math: ${word} is given twice`, at);
    given.set(word, value);
    if (MATH_WORDS.includes(word) && value !== '') continue;
    if (word === 'endian' && (value === 'big' || value === 'little' || value === 'dce'))
      applyFormat(value, format, 'byte_math', at);
    else if (word === 'string' && value !== '') {
      applyFormat('string', format, 'byte_math', at);
      if (!applyFormat(value, format, 'byte_math', at))
        throw new RuleError(`byte_math: unknown base "${value}"`, at, 'dec, hex or oct');
    } else if (!applyFormat(field, format, 'byte_math', at))
      throw new RuleError(`unknown byte_math argument "${field}"`, at, byteMath.grammar);
  }
  for (const word of MATH_WORDS)
    if (!given.has(word)) throw new RuleError(`byte_math needs ${word}`, at, byteMath.grammar);
  checkDce(format, rule, 'byte_math', at);
  const operator = OPERATORS.find(each => each === given.get('oper'));
  if (!operator)
    throw new RuleError(`byte_math: unknown oper "${given.get('oper')}"`, at, OPERATORS.join(' '));
  if (format.relative && !rule.hasMatchInBuffer())
    throw new RuleError('relative specified without previous pattern match', at);
  const name = variableName(given.get('result')!, 'byte_math', at);
  const value = numberOrVariable(given.get('rvalue')!, rule, 'byte_math', 0, 2 ** 32 - 1, at);
  checkShift(rule, operator, value, at);
  const match: ByteMathMatch = {
    kind: 'byte_math',
    bytes: byteCount(given.get('bytes')!, rule, format, 'byte_math', at),
    offset: numberOrVariable(given.get('offset')!, rule, 'byte_math', -65_535, 65_535, at),
    operator,
    value,
    name,
    ...format,
  };
  rule.declareVariable(name);
  rule.addAfterPrevious(match, match.relative);
}

/** Width in bits of byte_math's arithmetic. */
const WIDTH = 64;

/** A constant shift that leaves no bits is suspicious. */
function checkShift(rule: RuleBuilder, operator: Operator, value: NumberOrVariable, at: Position): void {
  const shifts = operator === '<<' || operator === '>>';
  if (!shifts || typeof value !== 'number' || value < WIDTH) return;
  const message = `byte_math: a shift by ${value} exceeds the ${WIDTH} bits of the number`;
  const { strict } = rule.context;
  if (strict.has('byte_math') || strict.has('all')) throw new RuleError(message, at, 'an rvalue below 64');
  rule.warn(message, at, 'an rvalue below 64');
}

export const byteExtractKeywords: readonly Keyword[] = [byteExtract, byteMath];

export const byteExtractCompilers: readonly MatchCompiler[] = [
  {
    kind: 'byte_extract',
    compile(match, environment) {
      const { bytes, offset, name, multiplier, align, ...format } = match as ByteExtractMatch;
      const reader = byteReader({ bytes, offset }, format, environment);
      const variable = environment.variable(name);
      return at => {
        if (!reader.read(at)) return false;
        const value = multiplier === 1 ? reader.value : calculate('*', reader.value, multiplier)!;
        at.variables[variable] = align === 0 ? value : aligned(value, align);
        at.cursor = reader.end;
        return true;
      };
    },
  },
  {
    kind: 'byte_math',
    compile(match, environment) {
      const { bytes, offset, name, operator, value, bitmask, ...format } = match as ByteMathMatch;
      const reader = byteReader({ bytes, offset }, format, environment);
      const right = wholeSource(value, environment);
      const variable = environment.variable(name);
      return at => {
        if (!reader.read(at)) return false;
        const result = calculate(operator, reader.value, right(at));
        if (result === undefined) return false;
        at.variables[variable] = bitmask === undefined ? result : masked(result, bitmask);
        at.cursor = reader.end;
        return true;
      };
    },
  },
];
