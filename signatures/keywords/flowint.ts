/** flowint: integer variables of a flow. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { FLOW_VARIABLES, type FlowVariables } from '../state/flow-variables.js';

export interface FlowintMatch extends Match {
  readonly kind: 'flowint';
  readonly name: string;
  readonly operator: string;
  /** A number, or the name of another variable. */
  readonly value?: number | string;
}

const CHANGES = new Set(['+', '-', '=']);
const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);
const PRESENCE = new Set(['isset', 'isnotset', 'notset']);
const MAX_VALUE = 0xffffffff;
/** Name of a variable: one word, as for flowbits. */
const NAME = /^\S+$/;
/** A value that is no number is a name, but not one that only looks like a number: `-1`, `0x10`, `5m`. */
const VALUE_NAME = /^[^\s\d+.-]\S*$/;

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [name = '', operator = '', value, ...rest] = argument!.split(',').map(each => each.trim());
  const known = CHANGES.has(operator) || COMPARISONS.has(operator) || PRESENCE.has(operator);
  if (!NAME.test(name) || !known || rest.length > 0)
    throw new RuleError(`invalid flowint "${argument}"`, at, 'flowint:name,+,1');
  if (PRESENCE.has(operator) === (value !== undefined))
    throw new RuleError(`flowint ${operator} takes ${value ? 'no' : 'a'} value`, at);
  const match: FlowintMatch = {
    kind: 'flowint',
    name,
    operator,
    ...(value !== undefined && { value: operandValue(value, at) }),
  };
  if (CHANGES.has(operator)) rule.addEffect(match);
  else rule.addCondition(match);
}

function operandValue(text: string, at: Position): number | string {
  if (VALUE_NAME.test(text)) return text;
  if (!/^\d+$/.test(text))
    throw new RuleError(`flowint value "${text}" is neither a number nor a counter name`, at);
  const value = Number(text);
  if (value > MAX_VALUE) throw new RuleError(`flowint value ${text} is too large`, at, `up to ${MAX_VALUE}`);
  return value;
}

export const flowintKeywords: readonly Keyword[] = [
  {
    name: 'flowint',
    family: 'flow',
    summary: 'Changes or compares a counter of the flow.',
    grammar: 'name, + | - | = | < | <= | > | >= | == | !=, value; name, isset | isnotset',
    parse,
  },
];

type Compare = (a: number, b: number) => boolean;

const COMPARE: Readonly<Record<string, Compare>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

export const flowintCompilers: readonly MatchCompiler[] = [
  {
    kind: 'flowint',
    compile(match, environment) {
      const { name, operator, value } = match as FlowintMatch;
      const store = environment.stores.get(FLOW_VARIABLES) as FlowVariables;
      const number = store.numberOf(name);
      const other = typeof value === 'string' ? store.numberOf(value) : -1;
      const operand = (flow: number) => (other < 0 ? (value as number) : store.integer(flow, other));
      if (PRESENCE.has(operator)) {
        const wanted = operator === 'isset';
        return at => at.flow >= 0 && (store.integer(at.flow, number) !== undefined) === wanted;
      }
      const compare = COMPARE[operator];
      if (compare) {
        return at => {
          const a = at.flow < 0 ? undefined : store.integer(at.flow, number);
          const b = at.flow < 0 ? undefined : operand(at.flow);
          return a !== undefined && b !== undefined && compare(a, b);
        };
      }
      return at => {
        const b = at.flow < 0 ? undefined : operand(at.flow);
        if (b === undefined) return true;
        const before = store.integer(at.flow, number) ?? 0;
        const after = operator === '=' ? b : operator === '+' ? before + b : Math.max(0, before - b);
        store.setInteger(at.flow, number, Math.min(after, MAX_VALUE));
        return true;
      };
    },
  },
];
