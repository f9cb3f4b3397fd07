/** `requires`: engine features needed to load the rule. */
import type { Keyword } from '../keyword.js';
import type { RuleContext } from '../rule-context.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';

type Version = readonly [number, number, number];

/**
 * Checks `feature NAME, version >= 8.0.1 < 9 | >= 10, keyword NAME`.
 * @returns why the rule is skipped; undefined if everything is available
 * @throws RuleError if the requirement cannot be parsed
 */
export function requirementsMet(argument: string, context: RuleContext, at: Position): string | undefined {
  let versions = 0;
  let reason: string | undefined;
  for (const part of argument.split(',')) {
    const requirement = part.trim();
    if (/^version\s/.test(requirement) && ++versions > 1)
      throw new RuleError('requires has more than one version', at, 'version >= 8.0.0 < 9 | >= 9.0.3');
    const blank = requirement.search(/\s/);
    if (blank < 0)
      throw new RuleError(
        `invalid requirement "${requirement}"`,
        at,
        'feature NAME, version >= 8.0.0, keyword NAME',
      );
    // All are parsed: a mistake in one is not excused by another that is not met.
    const missing = unmet(requirement.slice(0, blank), requirement.slice(blank + 1).trim(), context, at);
    reason ??= missing;
  }
  return reason;
}

function unmet(kind: string, value: string, context: RuleContext, at: Position): string | undefined {
  switch (kind) {
    case 'feature':
      return context.features.has(value) ? undefined : `feature ${value} is not available`;
    case 'keyword':
      return isAvailable(value, context) ? undefined : `keyword ${value} is not available`;
    case 'version':
      return versionMet(value, context.version, at) ? undefined : `version ${value} is required`;
    default:
      return `unknown requirement "${kind}"`;
  }
}

function isAvailable(name: string, { keywords, off }: RuleContext): boolean {
  const keyword = keywords.get(name);
  return keyword !== undefined && (keyword.switch === undefined || !off.has(keyword.switch));
}

/** Alternatives are separated by `|`; all conditions of one alternative must hold. All are parsed. */
function versionMet(text: string, version: Version, at: Position): boolean {
  const met = text.split('|').map(alternative => {
    const conditions = [...alternative.matchAll(/(>=|<=|>|<|=)\s*([^\s<>=|]+)|(\S+)/g)];
    if (conditions.length === 0) throw new RuleError('version expected', at, 'version >= 8.0.0');
    return conditions
      .map(([, operator, wanted, unknown]) => {
        if (unknown !== undefined || !operator)
          throw new RuleError(`"${unknown}" is not a version condition`, at, '>= 8.0.0');
        return holds(compare(version, parseVersion(wanted!, at)), operator);
      })
      .every(Boolean);
  });
  return met.includes(true);
}

function holds(order: number, operator: string): boolean {
  switch (operator) {
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      return order === 0;
  }
}

function parseVersion(text: string, at: Position): Version {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-\S+)?$/.exec(text);
  if (!match) throw new RuleError(`"${text}" is not a version`, at, '8.0.0');
  return [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

const requires: Keyword = {
  name: 'requires',
  family: 'none',
  summary: 'Loads the rule only if a feature, version or keyword is available.',
  grammar: 'feature NAME | version OP X.Y.Z [OP X.Y.Z] | keyword NAME [, …]',
  // Checked first, see parser.ts.
  parse() {},
};

export const requiresKeywords: readonly Keyword[] = [requires];
