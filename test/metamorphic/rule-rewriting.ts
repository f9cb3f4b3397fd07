/** Rules rewritten in other notations with the same meaning. */
import { type Random, shuffled } from '../pseudo-random.js';
import { formatRule, optionName, parseRule, type RuleText } from './rule-text.js';

/** Options of the whole rule: they may be anywhere. */
const RULE_OPTIONS = new Set([
  ...['msg', 'reference', 'classtype', 'sid', 'rev', 'gid', 'metadata', 'priority', 'target'],
  ...['flow', 'threshold', 'detection_filter', 'dsize', 'ttl', 'flags', 'stream_size'],
]);
/** Modifiers of the preceding content, in any order. */
const CONTENT_MODIFIERS = new Set([
  ...[
    'nocase',
    'depth',
    'offset',
    'distance',
    'within',
    'startswith',
    'endswith',
    'rawbytes',
    'fast_pattern',
  ],
]);

export function withRuleOptionsMoved(rule: string, random: Random): string {
  const { header, options } = parseRule(rule);
  // It modifies the preceding option.
  if (options.includes('prefilter')) return rule;
  const result = options.filter(option => !RULE_OPTIONS.has(optionName(option)));
  // Several with one name keep their order.
  const optionsByName = new Map<string, string[]>();
  for (const option of options.filter(each => RULE_OPTIONS.has(optionName(each))))
    optionsByName.set(optionName(option), [...(optionsByName.get(optionName(option)) ?? []), option]);
  for (const same of shuffled([...optionsByName.values()], random)) {
    const places = same.map(() => random(result.length + 1)).sort((a, b) => b - a);
    for (const [i, place] of places.entries()) result.splice(place, 0, same[same.length - 1 - i]!);
  }
  return formatRule({ header, options: result });
}

/** The modifiers of a content, in another order. */
export function withModifiersShuffled(rule: string, random: Random): string {
  const { header, options } = parseRule(rule);
  const result: string[] = [];
  for (let i = 0; i < options.length; ) {
    result.push(options[i]!);
    const modifiers: string[] = [];
    const isContent = optionName(options[i++]!) === 'content';
    while (isContent && i < options.length && CONTENT_MODIFIERS.has(optionName(options[i]!)))
      modifiers.push(options[i++]!);
    result.push(...shuffled(modifiers, random));
  }
  return formatRule({ header, options: result });
}

/** Some or all characters of contents become hexadecimal numbers. */
export function withHexContents(rule: string, random: Random): string {
  const { header, options } = parseRule(rule);
  const result = options.map(option => {
    const [, before, text] = /^(content\s*:\s*!?\s*")(.*)"$/s.exec(option) ?? [];
    return text === undefined ? option : `${before}${hexEncoded(text, random)}"`;
  });
  return formatRule({ header, options: result });
}

function hexEncoded(text: string, random: Random): string {
  const each = 1 + random(4);
  const parts = text.match(/\|[^|]*\||\\.|./gs) ?? [];
  return parts
    .map(part => {
      if (part[0] === '|' || random(each) !== 0) return part;
      const code = part.at(-1)!.charCodeAt(0).toString(16).padStart(2, '0');
      return `|${random(2) === 0 ? code : code.toUpperCase()}|`;
    })
    .join('');
}

/** @returns undefined if no content can be the fast pattern */
export function withOtherFastPattern(rule: string, random: Random): string | undefined {
  const { header, options } = parseRule(rule);
  if (options.some(option => /^fast_pattern\s*:\s*only|^prefilter/.test(option))) return undefined;
  const result = options.filter(option => optionName(option) !== 'fast_pattern');
  const contents = result.flatMap((option, i) => (/^content\s*:\s*"/.test(option) ? [i] : []));
  if (contents.length < 2) return undefined;
  result.splice(contents[random(contents.length)]! + 1, 0, 'fast_pattern');
  return formatRule({ header, options: result });
}

/** On several lines, with white space wherever it is allowed. */
export function withOtherLayout(rule: string, random: Random): string {
  const { header, options }: RuleText = parseRule(rule);
  const gap = () => ['', ' ', '  ', '\t', ' \\\n', ' \\\n    ', ' \\\r\n  '][random(7)]!;
  const parts = options.map(option => `${option}${random(4) === 0 ? ' ' : ''};${gap()}`);
  return `${header} (${gap()}${parts.join('')})`;
}

export const IGNORED_LINES = [
  '',
  '# a remark',
  '   ',
  '#alert tcp any any -> any any (msg:"out of use"; sid:4000000000;)',
  '#',
];
