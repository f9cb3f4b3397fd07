/** iprep: reputation of a packet's addresses. */
import * as Packet from '../../engine/packet.js';
import type { Inspection } from '../inspection.js';
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';
import { compileInteger, type IntegerTest, parseInteger } from './integers.js';

type Side = 'any' | 'src' | 'dst' | 'both';

export interface ReputationMatch extends Match {
  readonly kind: 'iprep';
  readonly side: Side;
  readonly category: string;
  /** undefined: only tests whether there is a reputation (`isset`) or not (`isnotset`). */
  readonly test?: IntegerTest;
  readonly present?: boolean;
}

/** Store of reputations. */
export const REPUTATIONS = 'reputations';

export interface Reputations {
  /** Whether the category is known. */
  has(category: string): boolean;
  /** Reputation of an address (its bytes in `view`); -1 if it has none. */
  of(category: string, view: DataView, at: number, version: number): number;
}

const SIDES = new Set(['any', 'src', 'dst', 'both']);
const MAX_VALUE = 127;

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const [side = '', category = '', operator = '', ...rest] = argument!.split(',').map(each => each.trim());
  const wrong = () => new RuleError(`invalid iprep "${argument}"`, at, 'iprep:src,CnC,>,30');
  if (!SIDES.has(side) || category === '') throw wrong();
  if (!rule.context.reputationCategories.has(category))
    throw new RuleError(
      `unknown iprep category "${category}"`,
      at,
      'a category of reputation-categories-file',
    );
  const base = { kind: 'iprep', side: side as Side, category } as const;
  if (operator === 'isset' || operator === 'isnotset') {
    if (rest.length > 0) throw wrong();
    rule.addCondition({ ...base, present: operator === 'isset' });
    return;
  }
  if (rest.length > 1) throw wrong();
  const test = parseInteger(operator + (rest[0] ?? ''), 'iprep', { bits: 8 }, at);
  if (Number(test.a) > MAX_VALUE) throw new RuleError('iprep values range from 0 to 127', at);
  rule.addCondition({ ...base, test });
}

export const reputationKeywords: readonly Keyword[] = [
  {
    name: 'iprep',
    family: 'packet',
    summary: 'Reputation of the addresses.',
    grammar: 'any | src | dst | both, category, < | > | = | <= | >=, value; or isset | isnotset',
    features: ['compatible with IP-only rule', 'integer'],
    parse,
  },
];

export const reputationCompilers: readonly MatchCompiler[] = [
  {
    kind: 'iprep',
    compile(match, environment) {
      const { side, category, test, present } = match as ReputationMatch;
      const store = environment.stores.get(REPUTATIONS) as Reputations | undefined;
      const compare = test && compileInteger(test);
      const holds = (value: number) => (compare ? value >= 0 && compare(value) : value >= 0 === present);
      const value = (at: Inspection, source: boolean) => {
        const { row, view } = at.memory;
        const l3 = row[at.p + Packet.L3]!;
        const version = row[at.p + Packet.IP_VERSION]!;
        if (!store || l3 === 0) return -1;
        const offset = version === 4 ? (source ? 12 : 16) : source ? 8 : 24;
        return store.of(category, view, l3 + offset, version);
      };
      switch (side) {
        case 'src':
          return at => holds(value(at, true));
        case 'dst':
          return at => holds(value(at, false));
        case 'both':
          return at => holds(value(at, true)) && holds(value(at, false));
        default:
          return at => holds(value(at, true)) || holds(value(at, false));
      }
    },
  },
];
