/** Random rules on several buffers of transactions, in all notations of rules. */
import type { Random } from '../pseudo-random.js';
import { type Condition, type Content, optionOf, type Pcre, written } from './conditions.js';
import { holds } from './oracle.js';
import { oneIn, pick, randomConditions } from './random-conditions.js';
import { type Buffers, WORDS } from './random-exchanges.js';
import { withFastPattern } from './random-rules.js';
import { randomTransforms } from './random-transforms.js';
import { changedBy, optionsOf, type Transform } from './transforms-oracle.js';

/** One buffer of a rule. */
interface Section {
  readonly buffer: string;
  readonly transforms: readonly Transform[];
  /** The argument of `absent`, empty for none. */
  readonly absent?: '' | 'or_else';
  readonly conditions: readonly Condition[];
}

interface Length {
  readonly operator: '' | '<' | '>';
  readonly size: number;
}

export interface TransactionRule {
  readonly protocol: 'http' | 'dns';
  readonly sections: readonly Section[];
  /** The rule has buffers of both sides of a transaction. */
  readonly bothSides: boolean;
  /** With content modifiers such as http_uri instead of sticky buffers. */
  readonly older: boolean;
  readonly uriLength?: Length;
}

const CLIENT = [
  'http.method',
  'http.uri',
  'http.uri.raw',
  'http.host',
  'http.host.raw',
  'http.user_agent',
  'http.cookie',
  'http.request_body',
  'http.request_line',
  'http.request_header',
];
const SERVER = [
  'http.stat_code',
  'http.stat_msg',
  'http.response_body',
  'http.response_line',
  'http.server',
  'http.response_header',
];

/** The content modifier and the pcre flag of a buffer. */
const OLDER: Readonly<Record<string, readonly [modifier: string, flag: string]>> = {
  'http.method': ['http_method', 'M'],
  'http.uri': ['http_uri', 'U'],
  'http.uri.raw': ['http_raw_uri', 'I'],
  'http.host': ['http_host', 'W'],
  'http.host.raw': ['http_raw_host', 'Z'],
  'http.user_agent': ['http_user_agent', 'V'],
  'http.cookie': ['http_cookie', 'C'],
  'http.request_body': ['http_client_body', 'P'],
  'http.stat_code': ['http_stat_code', 'S'],
  'http.stat_msg': ['http_stat_msg', 'Y'],
  'http.response_body': ['http_server_body', 'Q'],
};

/** @param seen values of buffers in the traffic: most contents are a part of them */
export function randomTransactionRule(random: Random, seen: readonly Buffers[]): TransactionRule {
  const side = pick(random, [CLIENT, CLIENT, SERVER, ['dns.query']]);
  const protocol = side === CLIENT || side === SERVER ? 'http' : 'dns';
  const older = protocol === 'http' && oneIn(random, 4);
  const bothSides = !older && protocol === 'http' && oneIn(random, 5);
  const left = (bothSides ? [...CLIENT, ...SERVER] : [...side]).filter(each => !older || each in OLDER);
  const count = Math.min(1 + random(3), left.length);
  const sections = Array.from({ length: count }, (_, i) => {
    const [buffer] = left.splice(random(left.length), 1);
    if (buffer!.endsWith('_header') && oneIn(random, 2)) left.push(buffer!);
    return older ? olderSection(random, buffer!, seen) : randomSection(random, buffer!, seen, `v${i}_`);
  });
  const chosen = random(count);
  return {
    protocol,
    bothSides,
    older,
    sections: sections.map((each, i) =>
      i === chosen ? { ...each, conditions: withFastPattern(random, each.conditions) } : each,
    ),
    ...(side === CLIENT && oneIn(random, 5) && { uriLength: randomLength(random) }),
  };
}

const randomLength = (random: Random): Length => ({
  operator: pick(random, ['', '<', '>']),
  size: 1 + random(12),
});

function samplesOf(buffer: string, transforms: readonly Transform[], seen: readonly Buffers[]) {
  const samples = seen
    .flatMap(each => each[buffer] ?? '')
    .map(each => changedBy(transforms, each))
    .filter(Boolean);
  return samples.length > 0 ? { samples } : {};
}

function randomSection(random: Random, buffer: string, seen: readonly Buffers[], variables: string): Section {
  // Responses may have cookies, too.
  const absent =
    buffer !== 'http.cookie' && oneIn(random, 8) ? pick(random, ['', 'or_else'] as const) : undefined;
  const transforms = absent === undefined && oneIn(random, 3) ? randomTransforms(random) : [];
  const samples = samplesOf(buffer, transforms, seen);
  const wishes = { most: 3, ...samples, sticky: true, alphabet: WORDS, variables };
  const conditions = absent === '' ? [] : randomConditions(random, wishes);
  return { buffer, transforms, conditions, ...(absent !== undefined && { absent }) };
}

function olderSection(random: Random, buffer: string, seen: readonly Buffers[]): Section {
  const wishes = { most: 4, ...samplesOf(buffer, [], seen), alphabet: WORDS };
  const conditions = randomConditions(random, wishes).filter(hasOlderForm);
  return {
    buffer,
    transforms: [],
    conditions: conditions.length > 0 ? conditions : [{ kind: 'content', bytes: 'a' }],
  };
}

function hasOlderForm(each: Condition): each is Content | Pcre {
  if (each.kind === 'pcre') return true;
  if (each.kind !== 'content') return false;
  return [each.offset, each.depth, each.distance, each.within].every(amount => typeof amount !== 'string');
}

export function transactionRuleText(rule: TransactionRule, sid: number): string {
  const { protocol, sections, bothSides, older, uriLength } = rule;
  const options = sections.map(older ? olderText : sectionText);
  if (uriLength) options.push(`urilen:${uriLength.operator}${uriLength.size};`);
  return `alert ${protocol} any any ${bothSides ? '=>' : '->'} any any (${options.join(' ')} sid:${sid};)`;
}

function sectionText({ buffer, transforms, absent, conditions }: Section): string {
  const changes = transforms.length > 0 ? `${optionsOf(transforms)}; ` : '';
  const missing = absent === undefined ? '' : `absent${absent && `:${absent}`}; `;
  return `${buffer}; ${changes}${missing}${written(conditions)}`;
}

function olderText({ buffer, conditions }: Section): string {
  const [modifier, flag] = OLDER[buffer]!;
  const texts = conditions.map(each =>
    each.kind === 'pcre' ? optionOf(each).replace(/";$/, `${flag}";`) : `${optionOf(each)} ${modifier};`,
  );
  return texts.join(' ');
}

/** For a missing buffer only `absent` holds; of several values, one is enough. */
export function holdsIn({ protocol, sections, uriLength }: TransactionRule, buffers: Buffers): boolean {
  if ('dns.query' in buffers !== (protocol === 'dns')) return false;
  if (uriLength && !lengthFits(uriLength, (buffers['http.uri'] as string).length)) return false;
  return sections.every(({ buffer, transforms, absent, conditions }) => {
    const value = buffers[buffer];
    if (value === undefined) return absent !== undefined;
    if (absent === '') return false;
    return [value].flat().some(each => holds(conditions, changedBy(transforms, each)));
  });
}

function lengthFits({ operator, size }: Length, length: number): boolean {
  return operator === '<' ? length < size : operator === '>' ? length > size : length === size;
}
