/** tag: logs packets after a match. */
import type { Keyword } from '../keyword.js';
import type { MatchCompiler } from '../match-compiler.js';
import type { RuleBuilder } from '../rule-builder.js';
import { RuleError } from '../rule-error.js';
import type { Match, Position } from '../signature.js';

export interface TagMatch extends Match {
  readonly kind: 'tag';
  readonly scope: 'session' | 'host';
  readonly count: number;
  readonly unit: 'packets' | 'seconds' | 'bytes';
  readonly direction?: 'src' | 'dst';
}

/** Store of tags. */
export const TAGS = 'tags';

export interface Tags {
  add(tag: TagMatch, p: number, flow: number, toServer: boolean): void;
}

const UNITS = new Set(['packets', 'seconds', 'bytes']);

function parse(rule: RuleBuilder, argument: string | undefined, at: Position): void {
  const fields = argument!.split(',').map(each => each.trim());
  const [scope, count = '0', unit = 'packets', direction] = fields;
  const wrong = () => new RuleError(`invalid tag "${argument}"`, at, 'tag:session,5,packets');
  if (
    (scope !== 'session' && scope !== 'host') ||
    !/^\d{1,9}$/.test(count) ||
    !UNITS.has(unit) ||
    fields.length === 2 ||
    fields.length > 4
  )
    throw wrong();
  if (direction !== undefined && direction !== 'src' && direction !== 'dst') throw wrong();
  if (scope === 'session' && direction !== undefined) throw wrong();
  const match: TagMatch = {
    kind: 'tag',
    scope,
    count: Number(count),
    unit: unit as TagMatch['unit'],
    ...(scope === 'host' && { direction: (direction as TagMatch['direction']) ?? 'dst' }),
  };
  rule.addEffect(match);
}

export const tagKeywords: readonly Keyword[] = [
  {
    name: 'tag',
    family: 'flow',
    summary: 'Logs packets that follow a match.',
    grammar: 'session | host [, count, packets | seconds | bytes [, src | dst]]',
    features: ['compatible with IP-only rule'],
    parse,
  },
];

export const tagCompilers: readonly MatchCompiler[] = [
  {
    kind: 'tag',
    compile(match, environment) {
      const tags = environment.stores.get(TAGS) as Tags | undefined;
      return at => {
        tags?.add(match as TagMatch, at.p, at.flow, at.toServer);
        return true;
      };
    },
  },
];
