/** Conditions in rule syntax. */

import type { PcreMatch } from '../keywords/pcre.js';
import type { ProtocolValueMatch } from '../keywords/protocol-keywords.js';
import { walkOptions } from '../parser/options.js';
import { RuleSource } from '../parser/source.js';
import type { ContentMatch, Match } from '../signature.js';
import { latin1Text } from './bytes-text.js';
import { multiIntegerText } from './integer-text.js';

/** Keywords of a kind of condition, if the kind is not the keyword. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  'tcp.flags': ['flags'],
  'tcp.seq': ['seq'],
  'tcp.ack': ['ack'],
  'tcp.window': ['window'],
  'transaction-event': ['app-layer-event'],
  'engine-event': ['app-layer-event'],
  'flow.pkts': ['flow.pkts_toserver', 'flow.pkts_toclient'],
  'flow.bytes': ['flow.bytes_toserver', 'flow.bytes_toclient'],
  icmp_id: ['icmp_id'],
};

/** Texts of the conditions of a rule, taken from the rule in the order of each kind. */
export class ConditionTexts {
  private readonly written: { name: string; text: string }[] = [];

  /** @param rule the rule's text */
  constructor(rule: string) {
    const source = new RuleSource(rule, '', 1);
    walkOptions(source, rule.indexOf('(') + 1, (name, argument) =>
      this.written.push({ name, text: argument === undefined ? name : `${name}:${argument}` }),
    );
  }

  textOf(match: Match): string {
    if (match.kind === 'content') return contentCondition(match as ContentMatch);
    if (match.kind === 'pcre') return pcreCondition(match as PcreMatch);
    const own = match.kind === 'protocol-value' || match.kind === 'protocol-test';
    const names = own ? [String(match['keyword'])] : [match.kind, ...(WRITTEN[match.kind] ?? [])];
    return this.take(names) ?? (own ? ownText(match) : match.kind);
  }

  /** The next option with one of these names; each is used once. */
  private take(names: readonly string[]): string | undefined {
    const at = this.written.findIndex(option => names.includes(option.name));
    return at < 0 ? undefined : this.written.splice(at, 1)[0]!.text;
  }
}

/** Fallback if the condition was written with another keyword. */
function ownText(match: Match): string {
  if (match.kind !== 'protocol-value') return String(match['keyword']);
  const { keyword, test } = match as ProtocolValueMatch;
  return `${keyword}:${multiIntegerText(test)}`;
}

function contentCondition(content: ContentMatch): string {
  const { bytes, nocase, negated, offset, depth, distance, within, startswith, endswith } = content;
  const parts = [`content:${negated ? '!' : ''}"${latin1Text(bytes)}"`];
  if (nocase) parts.push('nocase');
  if (startswith) parts.push('startswith');
  else {
    if (offset !== undefined) parts.push(`offset:${offset}`);
    if (depth !== undefined) parts.push(`depth:${depth}`);
  }
  if (distance !== undefined) parts.push(`distance:${distance}`);
  if (within !== undefined) parts.push(`within:${within}`);
  if (endswith) parts.push('endswith');
  return parts.join('; ');
}

function pcreCondition({ pattern, options, negated, relative }: PcreMatch): string {
  return `pcre:${negated ? '!' : ''}"/${pattern}/${options}${relative ? 'R' : ''}"`;
}
