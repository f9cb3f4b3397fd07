/** Random requests with their responses, and their values of each buffer. */
import type { Random } from '../pseudo-random.js';
import { oneIn, pick, randomText } from './random-conditions.js';

/** Values of buffers by keyword, several for multi-buffers; missing buffers are absent. */
export type Buffers = Readonly<Record<string, string | readonly string[]>>;

export const WORDS = [...'aabbABx01.'];
const LOWER = [...'aabbx01.'];

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
  const fields = present([
    `Host: ${host}`,
    agent !== undefined && `User-Agent: ${agent}`,
    cookie !== undefined && `Cookie: ${cookie}`,
    body !== undefined && `Content-Length: ${body.length}`,
  ]);
  const answered = present([server !== undefined && `Server: ${server}`, `Content-Length: ${answer.length}`]);
  return {
    request: `${[line, ...fields].join('\r\n')}\r\n\r\n${body ?? ''}`,
    response: `${[statusLine, ...answered].join('\r\n')}\r\n\r\n${answer}`,
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
      'http.request_header': fields,
      'http.response_header': answered,
      ...(agent !== undefined && { 'http.user_agent': agent }),
      ...(cookie !== undefined && { 'http.cookie': cookie }),
      ...(server !== undefined && { 'http.server': server }),
      ...(body !== undefined && { 'http.request_body': body }),
    },
  };
}

const present = (lines: readonly (string | false)[]): string[] => lines.filter(each => each !== false);

/** A DNS name without empty labels. */
export function randomName(random: Random): string {
  return Array.from({ length: 1 + random(3) }, () => randomText(random, 1, 4, [...'aabbABx01'])).join('.');
}
