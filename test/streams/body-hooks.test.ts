/** Rules on the body hook of a message match with every packet that brings a part of it. */
import { expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n';

const sent = (at: number, data: string): Uint8Array[] => [
  segment(false, 'PA', at, REQUEST.length, data),
  segment(true, 'A', REQUEST.length, at + data.length),
];
const packets = [
  ...handshake(),
  segment(true, 'PA', 0, 0, REQUEST),
  ...sent(0, HEAD),
  ...[0, 10, 20].flatMap(at => sent(HEAD.length + at, 'abcdefghij')),
  segment(false, 'FA', HEAD.length + 30, REQUEST.length),
  segment(true, 'A', REQUEST.length, HEAD.length + 31),
];

it.each([
  ['response_body', [7, 9, 11, 13]],
  ['response_headers', [7]],
  ['request_body', [6]],
])('http1:%s alerts with these packets', async (hook, expected) => {
  const records = await replay({ packets, rules: [`alert http1:${hook} any any -> any any (sid:1;)`] });
  expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual(expected);
});
