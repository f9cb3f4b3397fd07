/** Conditions on integers in the format of engine analysis: `"flow_age":{"range":{"min":19,"max":22}}`. */
import type { IntegerTest } from '../keywords/integers.js';
import type { Match } from '../signature.js';

type Json = Record<string, unknown>;

/** Member names of keywords that take any comparison. */
const COMPARED: Readonly<Record<string, string>> = {
  'flow.age': 'flow_age',
  itype: 'type',
  icode: 'code',
  'tcp.mss': 'tcp_mss',
  dsize: 'dsize',
};

/** Member names of keywords with a single number. */
const NUMBERED: Readonly<Record<string, string>> = {
  icmp_id: 'id',
  icmp_seq: 'seq',
  'tcp.seq': 'seq',
  'tcp.ack': 'ack',
};

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': 'equal',
  '!=': 'diff',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};

/** The JSON member of a condition on an integer; empty for others. */
export function integerJson(match: Match): Json {
  const test = match['test'] as IntegerTest | undefined;
  if (!test) return {};
  const numbered = NUMBERED[match.kind];
  if (numbered) return { [numbered]: { number: test.a } };
  if (match.kind === 'tcp.window') return { window: { size: test.a, negated: test.mode === '!=' } };
  const compared = COMPARED[match.kind];
  return compared ? { [compared]: testJson(test) } : {};
}

function testJson({ mode, a, b }: IntegerTest): Json {
  switch (mode) {
    case 'range':
      return { range: { min: a, max: b } };
    case '!range':
      return { negated_range: { min: a, max: b } };
    case '&=':
      return { bitmask: { mask: a, value: b } };
    case '&!=':
      return { negated_bitmask: { mask: a, value: b } };
    default:
      return { [COMPARISONS[mode]!]: a };
  }
}
