/** What follows a `100 Continue` is looked at like any other answer, whatever was found in that one. */
import { describe, expect, it } from 'vitest';
import { conversation, replay, type Said } from './replay.js';

const ASKED: Said = [true, 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'];
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 0\r\n\r\n';

const RULES = [
  'http.stat_code; content:"100"; sid:1',
  'http.stat_code; content:"200"; sid:2',
  'http.stat_code; pcre:"/^2/"; sid:3',
  'http.stat_msg; content:"OK"; sid:4',
  'http.response_line; content:"200"; sid:5',
  'http.stat_code; content:"200"; http.server; content:"s"; fast_pattern; sid:6',
].map(options => `alert http any any -> any any (${options};)`);

describe.each([['after the fact'], ['inline', '--simulate-ips']])('%s', (_, ...words) => {
  it.each<[string, Said[], number[]]>([
    [
      'by itself',
      [
        [false, CONTINUE],
        [true, 'ab'],
        [false, ANSWER],
      ],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      'twice',
      [
        [false, CONTINUE],
        [false, CONTINUE],
        [true, 'ab'],
        [false, ANSWER],
      ],
      [1, 2, 3, 4, 5, 6],
    ],
    ['with the answer', [[false, CONTINUE + ANSWER]], [2, 3, 4, 5, 6]],
  ])('%s', async (_name, said, found) => {
    const records = await replay({ packets: conversation([ASKED, ...said]), rules: RULES, words });
    expect(records.map(({ alert }) => alert.signature_id).sort()).toEqual(found);
  });
});
