/** isdataat: whether there is data at a position. absent: whether the buffer exists at all. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { negation } from '../parser/quoted.js';
import { RuleError } from '../rule-error.js';
import type { BufferConditions, Match, Position } from '../signature.js';
import { fields, type NumberOrVariable, numberOrVariable } from './byte-arguments.js';
import { sizeSource } from './byte-reading.js';

export interface IsDataAtMatch extends Match {
  readonly kind: 'isdataat';
  readonly position: NumberOrVariable;
  readonly relative: boolean;
  readonly negated: boolean;
}

export interface AbsentMatch extends Match {
  readonly kind: 'absent';
  /** Alternatively, the other conditions on the buffer hold. */
  readonly orElse: boolean;
}

const isdataat: Keyword = {
  name: 'isdataat',
  family: 'payload',
  summary: 'The buffer has data at a position; with !, it has none.',
  grammar: '[!]bytes|variable [, relative] [, rawbytes]',
  parse(rule, argument, at) {
    const { negated, rest } = negation(argument!);
    const [position, ...flags] = fields(rest);
    for (const flag of flags) {
      if (flag !== 'relative' && flag !== 'rawbytes')
        throw new RuleError(`unknown isdataat argument "${flag}"`, at, isdataat.grammar);
    }
    const relative = flags.includes('relative');
    const place = numberOrVariable(position!, rule, 'isdataat', 0, 65_535, at);
    rule.addAfterPrevious({ kind: 'isdataat', position: place, relative, negated }, relative);
  },
};

const absent: Keyword = {
  name: 'absent',
  family: 'payload',
  summary: 'The sticky buffer does not exist; with or_else, the conditions on it may match instead.',
  grammar: '[or_else]',
  features: ['optional argument'],
  parse(rule, argument, at) {
    if (!rule.sticky)
      throw new RuleError('absent needs a preceding sticky buffer', at, 'http.referer; absent;');
    if (argument !== undefined && argument !== 'or_else')
      throw new RuleError(`unknown absent argument "${argument}"`, at, 'or_else');
    if (rule.buffer(at).conditions.length > 0)
      throw new RuleError('absent must be the first condition of its buffer', at);
    rule.addToBuffer({ kind: 'absent', orElse: argument === 'or_else' });
  },
};

/** @throws RuleError if an absent buffer has further conditions, or if its alternative conditions are missing */
export function checkAbsent({ conditions }: Pick<BufferConditions, 'conditions'>, at: Position): void {
  const [first, ...others] = conditions;
  if (first?.kind !== 'absent') return;
  const { orElse } = first as AbsentMatch;
  if (!orElse && others.length > 0)
    throw new RuleError(
      "signature can't have a buffer tested absent and tested with other keywords such as content",
      at,
      'absent:or_else;',
    );
  if (orElse && others.length === 0)
    throw new RuleError(
      'signature with absent: or_else expects other keywords to test on such as content',
      at,
    );
}

/** True if the conditions hold without such a buffer. */
export function holdsWhenAbsent({ conditions }: Pick<BufferConditions, 'conditions'>): boolean {
  return conditions[0]?.kind === 'absent';
}

export const isDataAtKeywords: readonly Keyword[] = [isdataat, absent];

export const isDataAtCompilers: readonly MatchCompiler[] = [
  {
    kind: 'isdataat',
    compile(match, environment) {
      const { position, relative, negated } = match as IsDataAtMatch;
      const wanted = sizeSource(position, environment);
      // Relative to a match, position 1 is the first byte after it; from the start, position 0 is the first byte.
      if (relative) return at => at.cursor + wanted(at) <= at.end !== negated;
      return at => at.start + wanted(at) < at.end !== negated;
    },
  },
  {
    kind: 'absent',
    compile(match) {
      const { orElse } = match as AbsentMatch;
      return () => orElse;
    },
  },
];
