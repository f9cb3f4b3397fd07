/** byte_jump: moves the position for relative keywords by a number read from the buffer. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
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
  wholeNumber,
} from './byte-arguments.js';
import { byteReader } from './byte-reading.js';
import { aligned, calculate, signed } from './whole-number.js';

export interface ByteJumpMatch extends Match, ByteFormat {
  readonly kind: 'byte_jump';
  readonly bytes: NumberOrVariable;
  readonly offset: NumberOrVariable;
  readonly multiplier: number;
  readonly align: boolean;
  readonly from: 'here' | 'beginning' | 'end';
  readonly postOffset: number;
}

type Jump = { -readonly [K in 'multiplier' | 'align' | 'from' | 'postOffset']: ByteJumpMatch[K] };

const byteJump: Keyword = {
  name: 'byte_jump',
  family: 'payload',
  summary: 'Moves the position by a number read from the buffer.',
  grammar:
    'bytes, offset [, relative] [, multiplier n] [, big|little] [, string, dec|hex|oct] [, align] [, from_beginning|from_end] ' +
    '[, post_offset n] [, dce] [, bitmask value]',
  parse(rule, argument, at) {
    const [bytes, offset, ...flags] = fields(argument!);
    if (bytes === undefined || offset === undefined)
      throw new RuleError('byte_jump needs bytes and offset', at, byteJump.grammar);
    const format: ByteFormat = { relative: false, littleEndian: false };
    const jump: Jump = { multiplier: 1, align: false, from: 'here', postOffset: 0 };
    for (const flag of flags) {
      const [word, number] = flag.split(/\s+/);
      if (flag === 'align') jump.align = true;
      else if (flag === 'from_beginning' || flag === 'from_end') jump.from = origin(flag, jump, at);
      else if (word === 'multiplier' && number)
        jump.multiplier = wholeNumber(number, 'byte_jump multiplier', 1, 65_535, at);
      else if (word === 'post_offset' && number)
        jump.postOffset = wholeNumber(number, 'byte_jump post_offset', -65_535, 65_535, at);
      else if (!applyFormat(flag, format, 'byte_jump', at)) {
        throw new RuleError(`unknown byte_jump argument "${flag}"`, at, byteJump.grammar);
      }
    }
    checkDce(format, rule, 'byte_jump', at);
    const match: ByteJumpMatch = {
      kind: 'byte_jump',
      bytes: byteCount(bytes, rule, format, 'byte_jump', at, 0),
      offset: numberOrVariable(offset, rule, 'byte_jump', -65_535, 65_535, at),
      ...format,
      ...jump,
    };
    rule.addAfterPrevious(match, match.relative);
  },
};

function origin(flag: 'from_beginning' | 'from_end', { from }: Jump, at: Position): Jump['from'] {
  const wanted = flag === 'from_end' ? 'end' : 'beginning';
  if (from !== 'here' && from !== wanted)
    throw new RuleError("'from_end' and 'from_beginning' cannot be used in the same byte_jump statement", at);
  return wanted;
}

export const byteJumpKeywords: readonly Keyword[] = [byteJump];

export const byteJumpCompilers: readonly MatchCompiler[] = [
  {
    kind: 'byte_jump',
    compile(match, environment) {
      const { bytes, offset, multiplier, align, from, postOffset, ...format } = match as ByteJumpMatch;
      const reader = byteReader({ bytes, offset }, format, environment);
      return at => {
        if (!reader.read(at)) return false;
        const product = multiplier === 1 ? reader.value : calculate('*', reader.value, multiplier)!;
        const distance = signed(align ? aligned(product, 4) : product);
        const base = from === 'beginning' ? at.start : from === 'end' ? at.end : reader.end;
        let target = base + distance + postOffset;
        // A backward jump before the beginning of the buffer ends at its beginning.
        if (postOffset < 0 && target < at.start) target = at.start;
        if (!(target >= at.start && target < at.end)) return false;
        at.cursor = target;
        return true;
      };
    },
  },
];
