/** flowvar and pktvar: texts captured by expressions into variables of the flow or the packet. */
import { CAPTURES, type CaptureStore } from '../buffer-matcher/pcre-step.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import { negation, shifted, unquoteOptional } from '../parser/quoted.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { parseContentBytes } from './content-bytes.js';

export interface CapturedTextMatch extends Match {
  readonly kind: 'flowvar' | 'pktvar';
  readonly name: string;
  /** Bytes that the text must contain: latin1. */
  readonly bytes: string;
  readonly negated: boolean;
}

function capturedText(kind: CapturedTextMatch['kind'], summary: string): Keyword {
  const keyword: Keyword = {
    name: kind,
    family: 'flow',
    summary,
    grammar: 'name, [!]"text"',
    parse(rule: RuleBuilder, argument: string | undefined, at: Position) {
      const comma = argument!.indexOf(',');
      const name = argument!.slice(0, Math.max(0, comma)).trim();
      const { negated, rest } = negation(argument!.slice(comma + 1).trim());
      if (name === '' || rest === '')
        throw new RuleError(`invalid ${kind} "${argument}"`, at, `${kind}:${keyword.grammar}`);
      const bytes = parseContentBytes(unquoteOptional(rest, kind, at), shifted(at, comma + 1));
      const match: CapturedTextMatch = { kind, name, bytes, negated };
      rule.addCondition(match);
    },
  };
  return keyword;
}

export const capturedTextKeywords: readonly Keyword[] = [
  capturedText('flowvar', 'Tests a flow variable that a pcre captured.'),
  capturedText('pktvar', 'Tests a packet variable that a pcre captured.'),
];

function compilerOf(kind: CapturedTextMatch['kind'], scope: 'flow' | 'pkt'): MatchCompiler {
  return {
    kind,
    compile(match, environment) {
      const { name, bytes, negated } = match as CapturedTextMatch;
      const store = environment.stores.get(CAPTURES) as CaptureStore | undefined;
      return at => {
        const text = store?.captured(at, scope, name);
        return text !== undefined && text.includes(bytes) !== negated;
      };
    },
  };
}

export const capturedTextCompilers: readonly MatchCompiler[] = [
  compilerOf('flowvar', 'flow'),
  compilerOf('pktvar', 'pkt'),
];
