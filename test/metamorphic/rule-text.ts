/** A rule as its header and its options, to be rewritten. */

export interface RuleText {
  /** Action, protocol, addresses and ports. */
  readonly header: string;
  /** Options as written, without the semicolon. */
  readonly options: readonly string[];
}

export function parseRule(rule: string): RuleText {
  const open = rule.indexOf('(');
  const inside = rule.slice(open + 1, rule.lastIndexOf(')'));
  // A semicolon in a value is escaped, also in quotes.
  const options = inside.match(/(?:\\.|[^\\;])+/gs) ?? [];
  return { header: rule.slice(0, open).trim(), options: options.map(each => each.trim()).filter(Boolean) };
}

export function formatRule({ header, options }: RuleText): string {
  return `${header} (${options.map(each => `${each};`).join(' ')})`;
}

export function optionName(option: string): string {
  return option.split(':', 1)[0]!.trim().toLowerCase();
}
