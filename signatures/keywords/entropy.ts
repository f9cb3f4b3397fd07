/** entropy: Shannon entropy of a buffer, 0 to 8 bits per byte. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { ALERT_NOTES, type AlertNotes } from '../state/alert-notes.js';
import { fields, wholeNumber } from './byte-arguments.js';

const OPERATORS = ['<=', '>=', '!=', '<', '>', '='] as const;

export interface EntropyMatch extends Match {
  readonly kind: 'entropy';
  readonly operator: (typeof OPERATORS)[number] | 'range' | '!range';
  readonly a: number;
  readonly b?: number;
  /** Number of bytes inspected, 0: all. */
  readonly bytes: number;
  readonly offset: number;
  /** Name under which the value is logged. */
  readonly buffer: string;
}

const entropy: Keyword = {
  name: 'entropy',
  family: 'payload',
  summary: 'Shannon entropy of the sticky buffer, or of the payload.',
  grammar: '[bytes n,] [offset n,] [value] [<|>|<=|>=|=|!=]number | [value] [!]number-number',
  parse(rule, argument, at) {
    let bytes = 0;
    let offset = 0;
    let comparison: Pick<EntropyMatch, 'operator' | 'a' | 'b'> | undefined;
    for (const field of fields(argument!)) {
      const [, word, value] = /^([a-z]\S*)\s+(.*)$/.exec(field) ?? [];
      if (word === 'bytes') bytes = wholeNumber(value!, 'entropy bytes', 0, 2 ** 31, at);
      else if (word === 'offset') offset = wholeNumber(value!, 'entropy offset', 0, 2 ** 31, at);
      else if (word === 'value') comparison = parseComparison(value!, at);
      else if (word === undefined && /^[\d<>=!]/.test(field)) comparison = parseComparison(field, at);
      else throw new RuleError(`unknown entropy argument "${field}"`, at, entropy.grammar);
    }
    if (!comparison) throw new RuleError('entropy needs a value', at, entropy.grammar);
    const buffer = rule.buffer(at).buffer.replaceAll('.', '_');
    rule.addToBuffer({ kind: 'entropy', bytes, offset, buffer, ...comparison });
  },
};

function parseComparison(text: string, at: Position): Pick<EntropyMatch, 'operator' | 'a' | 'b'> {
  const range = /^(!?)\s*(\d{1,9}(?:\.\d+)?)\s*-\s*(\d{1,9}(?:\.\d+)?)$/.exec(text);
  if (range) {
    const [a, b] = [Number(range[2]), Number(range[3])];
    if (a >= b) throw new RuleError(`entropy range "${text}" is reversed`, at);
    return { operator: range[1] ? '!range' : 'range', a, b };
  }
  const match = /^(<=|>=|!=|<|>|=|!)?\s*(\d{1,9}(?:\.\d+)?)$/.exec(text);
  if (!match) throw new RuleError(`invalid entropy value "${text}"`, at, entropy.grammar);
  return {
    operator: (match[1] === '!' ? '!=' : (match[1] ?? '=')) as EntropyMatch['operator'],
    a: Number(match[2]),
  };
}

/** Bits per byte of `bytes[start, end)`. */
export function shannonEntropy(bytes: Uint8Array, start: number, end: number): number {
  const counts = new Uint32Array(256);
  for (let i = start; i < end; i++) counts[bytes[i]!]!++;
  const length = end - start;
  let sum = 0;
  for (const count of counts) if (count > 0) sum -= (count / length) * Math.log2(count / length);
  return sum;
}

export const entropyKeywords: readonly Keyword[] = [entropy];

export const entropyCompilers: readonly MatchCompiler[] = [
  {
    kind: 'entropy',
    compile(match, environment) {
      const { operator, a, b = 0, bytes, offset, buffer } = match as EntropyMatch;
      const notes = environment.stores.get(ALERT_NOTES) as AlertNotes | undefined;
      return at => {
        const start = at.start + offset;
        if (start >= at.end) return false;
        const value = shannonEntropy(at.bytes, start, bytes === 0 ? at.end : Math.min(at.end, start + bytes));
        notes?.measure(at, 'entropy', buffer, value);
        return holds(operator, value, a, b);
      };
    },
  },
];

function holds(operator: EntropyMatch['operator'], value: number, a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return value < a;
    case '<=':
      return value <= a;
    case '>':
      return value > a;
    case '>=':
      return value >= a;
    case '=':
      return Math.abs(value - a) < 1e-9;
    case '!=':
      return Math.abs(value - a) >= 1e-9;
    case 'range':
      return value > a && value < b;
    case '!range':
      return value <= a || value >= b;
  }
}
