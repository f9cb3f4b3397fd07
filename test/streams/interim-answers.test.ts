/** The answer after a `100 Continue` is inspected like any other, whatever matched in the first one. */
import { describe, expect, it } from 'vitest';
import { data, GET, headers, preface } from '../app/http2/frame-builder.js';
import { conversation, replay, type Turn } from './replay.js';

const ASKED: Turn = [true, 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'];
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

describe.each([['IDS mode'], ['inline', '--simulate-ips']])('%s', (_, ...words) => {
  it.each<[string, Turn[], number[]]>([
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
    ['with the final answer', [[false, CONTINUE + ANSWER]], [2, 3, 4, 5, 6]],
  ])('%s', async (_name, turns, found) => {
    const records = await replay({ packets: conversation([ASKED, ...turns]), rules: RULES, words });
    expect(records.map(({ alert }) => alert.signature_id).sort()).toEqual(found);
  });

  it('in HTTP/2, followed by trailers', async () => {
    const sent = (fromClient: boolean, ...frames: Buffer[]): Turn => [
      fromClient,
      Buffer.concat(frames).toString('latin1'),
    ];
    const packets = conversation([
      sent(true, preface, headers(1, GET, true)),
      sent(false, preface.subarray(-9), headers(1, { ':status': '100' })),
      sent(true, preface.subarray(-9)),
      sent(false, headers(1, { ':status': '200', server: 's' })),
      sent(true, preface.subarray(-9)),
      sent(false, data(1, 'body', false), headers(1, { 'grpc-status': '7' }, true)),
    ]);
    const options = [
      'http.stat_code; content:"200"; sid:1',
      'http.server; content:"s"; sid:2',
      'http.response_header; content:"grpc-status"; sid:3',
      'http.header; content:"grpc-status"; sid:4',
    ];
    const rules = options.map(each => `alert http2 any any -> any any (${each};)`);
    const records = await replay({ packets, rules, words });
    expect(records.map(({ alert }) => alert.signature_id).sort()).toEqual([1, 2, 3, 4]);
  });
});
