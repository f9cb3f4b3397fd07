/** Random requests with their responses, what each buffer has of them, and rules on several of these buffers. */
import type { Random } from '../pseudo-random.js';
import { type Condition, written } from './conditions.js';
import { holds } from './oracle.js';
import { oneIn, pick, randomConditions, randomText } from './random-conditions.js';
import { withFastPattern } from './random-rules.js';
import { randomTransforms } from './random-transforms.js';
import { changedBy, optionsOf, type Transform } from './transforms-oracle.js';

/** Values of buffers by keyword; what a transaction does not have is absent. */
export type Buffers = Readonly<Record<string, string>>;

/** One buffer of a rule. */
interface Section {
  readonly buffer: string;
  readonly transforms: readonly Transform[];
  readonly conditions: readonly Condition[];
}

export interface TransactionRule {
  readonly protocol: 'http' | 'dns';
  readonly sections: readonly Section[];
}

const WORDS = [...'aabbABx01.'];
const LOWER = [...'aabbx01.'];

const SIDES: readonly (readonly string[])[] = [
  [
    'http.method',
    'http.uri',
    'http.uri.raw',
    'http.host',
    'http.host.raw',
    'http.user_agent',
    'http.cookie',
    'http.request_body',
    'http.request_line',
  ],
  ['http.stat_code', 'http.stat_msg', 'http.response_body', 'http.response_line', 'http.server'],
  ['dns.query'],
];

/** @param seen buffers that there will be: most contents are a part of them */
export function randomTransactionRule(random: Random, seen: readonly Buffers[]): TransactionRule {
  const side = pick(random, SIDES);
  const left = [...side];
  const count = Math.min(1 + random(3), left.length);
  const sections = Array.from({ length: count }, (_, i): Section => {
    const [buffer] = left.splice(random(left.length), 1);
    const transforms = oneIn(random, 3) ? randomTransforms(random) : [];
    const samples = seen.map(each => changedBy(transforms, each[buffer!] ?? '')).filter(Boolean);
    const wishes = {
      most: 3,
      ...(samples.length > 0 && { samples }),
      sticky: true,
      alphabet: WORDS,
      variables: `v${i}_`,
    };
    return { buffer: buffer!, transforms, conditions: randomConditions(random, wishes) };
  });
  const chosen = random(count);
  const protocol = side[0]!.startsWith('dns') ? 'dns' : 'http';
  return {
    protocol,
    sections: sections.map((each, i) =>
      i === chosen ? { ...each, conditions: withFastPattern(random, each.conditions) } : each,
    ),
  };
}

export function transactionRuleText({ protocol, sections }: TransactionRule, sid: number): string {
  const options = sections.map(({ buffer, transforms, conditions }) => {
    const changes = transforms.length > 0 ? `${optionsOf(transforms)}; ` : '';
    return `${buffer}; ${changes}${written(conditions)}`;
  });
  return `alert ${protocol} any any -> any any (${options.join(' ')} sid:${sid};)`;
}

/** A buffer that is not there meets nothing. */
export function holdsIn({ sections }: TransactionRule, buffers: Buffers): boolean {
  return sections.every(({ buffer, transforms, conditions }) => {
    const value = buffers[buffer];
    return value !== undefined && holds(conditions, changedBy(transforms, value));
  });
}

export interface Exchange {
  readonly request: string;
  readonly response: string;
  readonly buffers: Buffers;
}

export function randomExchange(random: Random): Exchange {
  const text = (least: number, most: number, alphabet = WORDS) => randomText(random, least, most, alphabet);
  const body = oneIn(random, 2) ? randomText(random, 1, 12) : undefined;
  const method = body === undefined ? 'GET' : 'POST';
  const uri = `/${text(1, 10, [...'aabbABx01'])}`;
  const host = text(1, 8, LOWER).replace(/^\.+|\.+$/g, 'a');
  const [agent, cookie, server] = [0, 1, 2].map(() => (oneIn(random, 2) ? text(1, 8) : undefined));
  const [code, message] = pick(random, [
    ['200', 'OK'],
    ['404', 'ab Ab'],
    ['500', 'aBb'],
  ] as const);
  const answer = randomText(random, 1, 12);
  const [line, statusLine] = [`${method} ${uri} HTTP/1.1`, `HTTP/1.1 ${code} ${message}`];
  const head = (lines: readonly (string | false)[]) => `${lines.filter(Boolean).join('\r\n')}\r\n\r\n`;
  return {
    request:
      head([
        line,
        `Host: ${host}`,
        agent !== undefined && `User-Agent: ${agent}`,
        cookie !== undefined && `Cookie: ${cookie}`,
        body !== undefined && `Content-Length: ${body.length}`,
      ]) + (body ?? ''),
    response:
      head([statusLine, server !== undefined && `Server: ${server}`, `Content-Length: ${answer.length}`]) +
      answer,
    buffers: {
      'http.method': method,
      'http.uri': uri,
      'http.uri.raw': uri,
      'http.host': host.toLowerCase(),
      'http.host.raw': host,
      'http.request_line': line,
      'http.response_line': statusLine,
      'http.stat_code': code,
      'http.stat_msg': message,
      'http.response_body': answer,
      ...(agent !== undefined && { 'http.user_agent': agent }),
      ...(cookie !== undefined && { 'http.cookie': cookie }),
      ...(server !== undefined && { 'http.server': server }),
      ...(body !== undefined && { 'http.request_body': body }),
    },
  };
}

/** A name of DNS that has no empty label. */
export function randomName(random: Random): string {
  return Array.from({ length: 1 + random(3) }, () => randomText(random, 1, 4, [...'aabbABx01'])).join('.');
}
