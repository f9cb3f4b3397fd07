/** asn1: checks ASN.1 in basic encoding (X.690) for malformed elements known from attacks on parsers. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { type Asn1Problems, hasAsn1Problem } from './asn1-check.js';
import { fields, wholeNumber } from './byte-arguments.js';

export interface Asn1Match extends Match, Asn1Problems {
  readonly kind: 'asn1';
  /** Where parsing begins: relative to the start of the buffer, or to the last match. */
  readonly offset: number;
  readonly relative: boolean;
}

type Draft = { -readonly [K in 'bitString' | 'double' | 'oversize' | 'offset' | 'relative']: Asn1Match[K] };

const MAX_VALUE = 0xffffffff;
const MAX_OFFSET = 0xffff;

const asn1: Keyword = {
  name: 'asn1',
  family: 'payload',
  summary: 'Malformed or suspicious ASN.1 encodings.',
  grammar:
    '[bitstring_overflow] [, double_overflow] [, oversize_length n] [, absolute_offset n | relative_offset n]',
  parse(rule, argument, at) {
    const draft: Draft = {
      bitString: false,
      double: false,
      oversize: undefined,
      offset: 0,
      relative: false,
    };
    for (const field of fields(argument!)) apply(field, draft, at);
    if (!draft.bitString && !draft.double && draft.oversize === undefined)
      throw new RuleError('asn1 needs at least one check', at, asn1.grammar);
    rule.addAfterPrevious({ kind: 'asn1', ...draft }, draft.relative);
  },
};

function apply(field: string, draft: Draft, at: Position): void {
  const [word, number = ''] = field.split(/\s+/);
  if (field === 'bitstring_overflow') draft.bitString = true;
  else if (field === 'double_overflow') draft.double = true;
  else if (word === 'oversize_length')
    draft.oversize = wholeNumber(number, 'oversize_length', 0, MAX_VALUE, at);
  else if (word === 'absolute_offset' || word === 'relative_offset') {
    draft.relative = word === 'relative_offset';
    const least = draft.relative ? -MAX_OFFSET : 0;
    draft.offset = wholeNumber(number, word, least, MAX_OFFSET, at);
  } else throw new RuleError(`unknown asn1 argument "${field}"`, at, asn1.grammar);
}

export const asn1Keywords: readonly Keyword[] = [asn1];

export const asn1Compilers: readonly MatchCompiler[] = [
  {
    kind: 'asn1',
    compile(match) {
      const { offset, relative, ...problems } = match as Asn1Match;
      return at => {
        const start = (relative ? at.cursor : at.start) + offset;
        return start >= at.start && start < at.end && hasAsn1Problem(at.bytes, start, at.end, problems);
      };
    },
  },
];
