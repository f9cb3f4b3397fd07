/** base64_decode: decodes part of the buffer; the conditions after base64_data inspect the result. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import { decodeBase64 } from './base64-decoding.js';
import { fields, wholeNumber } from './byte-arguments.js';

export interface Base64DecodeMatch extends Match {
  readonly kind: 'base64_decode';
  /** Bytes to decode, 0: all. */
  readonly bytes: number;
  readonly offset: number;
  readonly relative: boolean;
  /** Conditions on the decoded data. */
  readonly data?: readonly Match[];
}

const base64Decode: Keyword = {
  name: 'base64_decode',
  family: 'payload',
  summary: 'Decodes base64 in the buffer, for base64_data.',
  grammar: '[bytes n] [, offset n] [, relative]',
  features: ['optional argument'],
  parse(rule, argument, at) {
    let [bytes, offset, relative] = [0, 0, false];
    for (const field of argument === undefined ? [] : fields(argument)) {
      const [word, number] = field.split(/\s+/);
      if (field === 'relative') relative = true;
      else if (word === 'bytes' && number) bytes = wholeNumber(number, 'base64_decode bytes', 1, 2 ** 31, at);
      else if (word === 'offset' && number)
        offset = wholeNumber(number, 'base64_decode offset', 0, 2 ** 31, at);
      else throw new RuleError(`unknown base64_decode argument "${field}"`, at, base64Decode.grammar);
    }
    const match: Base64DecodeMatch = { kind: 'base64_decode', bytes, offset, relative };
    rule.notes.set('base64_decode', match);
    rule.addAfterPrevious(match, true);
  },
};

export const base64Keywords: readonly Keyword[] = [base64Decode];

export const base64Compilers: readonly MatchCompiler[] = [
  {
    kind: 'base64_decode',
    compile(match, environment) {
      const { bytes, offset, relative, data } = match as Base64DecodeMatch;
      const onData = data && environment.compileBuffer?.(data);
      return at => {
        const start = (relative ? at.cursor : at.start) + offset;
        if (start >= at.end) return false;
        const end = bytes === 0 ? at.end : Math.min(at.end, start + bytes);
        const decoded = decodeBase64(at.bytes, start, end, 'rfc4648');
        if (decoded.length === 0) return false;
        if (!onData) return true;
        const { bytes: outer, start: outerStart, end: outerEnd, cursor, atBeginning, atEnd } = at;
        at.bytes = decoded;
        at.start = at.cursor = 0;
        at.end = decoded.length;
        at.atBeginning = at.atEnd = true;
        const holds = onData(at);
        at.bytes = outer;
        at.start = outerStart;
        at.end = outerEnd;
        at.cursor = cursor;
        at.atBeginning = atBeginning;
        at.atEnd = atEnd;
        return holds;
      };
    },
  },
];
