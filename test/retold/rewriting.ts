/** Rules rewritten in other notations with the same meaning. */
import { type Random, shuffled } from '../pseudo-random.js';
import { nameOf, type RuleText, ruleText, written } from './rule-text.js';

/** Options of the whole rule: they may be anywhere. */
const ANYWHERE = new Set([
  ...['msg', 'reference', 'classtype', 'sid', 'rev', 'gid', 'metadata', 'priority', 'target'],
  ...['flow', 'threshold', 'detection_filter', 'dsize', 'ttl', 'flags', 'stream_size'],
]);
/** Modifiers of the preceding content, in any order. */
const OF_CONTENT = new Set([
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

export function withOptionsElsewhere(rule: string, random: Random): string {
  const { header, options } = ruleText(rule);
  // It modifies the preceding option.
  if (options.includes('prefilter')) return rule;
  const made = options.filter(option => !ANYWHERE.has(nameOf(option)));
  // Several with one name keep their order.
  const free = new Map<string, string[]>();
  for (const option of options.filter(each => ANYWHERE.has(nameOf(each))))
    free.set(nameOf(option), [...(free.get(nameOf(option)) ?? []), option]);
  for (const same of shuffled([...free.values()], random)) {
    const places = same.map(() => random(made.length + 1)).sort((a, b) => b - a);
    for (const [i, place] of places.entries()) made.splice(place, 0, same[same.length - 1 - i]!);
  }
  return written({ header, options: made });
}

/** The modifiers of a content, in another order. */
export function withModifiersShuffled(rule: string, random: Random): string {
  const { header, options } = ruleText(rule);
  const made: string[] = [];
  for (let i = 0; i < options.length; ) {
    made.push(options[i]!);
    const modifiers: string[] = [];
    const isContent = nameOf(options[i++]!) === 'content';
    while (isContent && i < options.length && OF_CONTENT.has(nameOf(options[i]!)))
      modifiers.push(options[i++]!);
    made.push(...shuffled(modifiers, random));
  }
  return written({ header, options: made });
}

/** Some or all characters of contents become hexadecimal numbers. */
export function withHexContents(rule: string, random: Random): string {
  const { header, options } = ruleText(rule);
  const made = options.map(option => {
    const [, before, text] = /^(content\s*:\s*!?\s*")(.*)"$/s.exec(option) ?? [];
    return text === undefined ? option : `${before}${inHex(text, random)}"`;
  });
  return written({ header, options: made });
}

function inHex(text: string, random: Random): string {
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
  const { header, options } = ruleText(rule);
  if (options.some(option => /^fast_pattern\s*:\s*only|^prefilter/.test(option))) return undefined;
  const made = options.filter(option => nameOf(option) !== 'fast_pattern');
  const contents = made.flatMap((option, i) => (/^content\s*:\s*"/.test(option) ? [i] : []));
  if (contents.length < 2) return undefined;
  made.splice(contents[random(contents.length)]! + 1, 0, 'fast_pattern');
  return written({ header, options: made });
}

/** On several lines, with white space wherever it is allowed. */
export function withOtherLayout(rule: string, random: Random): string {
  const { header, options }: RuleText = ruleText(rule);
  const gap = () => ['', ' ', '  ', '\t', ' \\\n', ' \\\n    ', ' \\\r\n  '][random(7)]!;
  const parts = options.map(option => `${option}${random(4) === 0 ? ' ' : ''};${gap()}`);
  return `${header} (${gap()}${parts.join('')})`;
}

export const REMARKS = [
  '',
  '# a remark',
  '   ',
  '#alert tcp any any -> any any (msg:"out of use"; sid:4000000000;)',
  '#',
];
