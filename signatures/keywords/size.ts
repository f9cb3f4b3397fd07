/** dsize: payload size of the packet. bsize: size of a buffer. */

import * as Packet from '../../engine/packet.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match } from '../signature.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

export interface SizeMatch extends Match {
  readonly test: IntegerTest;
}

const dsize: Keyword = {
  name: 'dsize',
  family: 'packet',
  summary: "Size of the packet's payload.",
  grammar: '[<|>|<=|>=|!]bytes | bytes<>bytes',
  features: ['prefilter', 'integer'],
  parse(rule, argument, at) {
    if (rule.conditions.some(match => match.kind === 'dsize'))
      throw new RuleError("can't use 2 or more dsizes in a rule", at);
    rule.addCondition({ kind: 'dsize', test: parseInteger(argument!, 'dsize', { bits: 16 }, at) });
  },
};

const bsize: Keyword = {
  name: 'bsize',
  family: 'payload',
  summary: 'Size of the sticky buffer.',
  grammar: '[<|>|<=|>=|!]bytes | bytes<>bytes',
  features: ['integer'],
  parse(rule, argument, at) {
    if (!rule.sticky) throw new RuleError('bsize needs a preceding sticky buffer', at, 'http.uri; bsize:10;');
    rule.addToBuffer({ kind: 'bsize', test: parseInteger(argument!, 'bsize', { bits: 64 }, at) });
  },
};

export const sizeKeywords: readonly Keyword[] = [dsize, bsize];

export const sizeCompilers: readonly MatchCompiler[] = [
  {
    kind: 'dsize',
    compile(match) {
      const { test } = match as SizeMatch;
      const holds = compileInteger(test);
      // "Not of this size" applies only to packets with a payload.
      const least = test.mode === '!=' && Number(test.a) > 0 ? 1 : 0;
      return at => {
        const size = at.memory.row[at.p + Packet.PAYLOAD_LENGTH]!;
        return size >= least && holds(size);
      };
    },
  },
  {
    kind: 'bsize',
    compile(match) {
      const holds = compileInteger((match as SizeMatch).test);
      return at => at.atBeginning && at.atEnd && holds(at.end - at.start);
    },
  },
];
