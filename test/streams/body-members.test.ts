/** HTTP bodies are in alerts if configured, and in no other record. */
import { expect, it } from 'vitest';
import { handshake, replay, segment } from './replay.js';

const PACKETS = [
  ...handshake(),
  segment(true, 'PA', 0, 0, 'GET /one HTTP/1.1\r\nHost: two\r\n\r\n'),
  segment(false, 'PA', 0, 32, 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody'),
  segment(true, 'FA', 32, 42),
  segment(false, 'FA', 42, 33),
];

it('bodies are in alerts only', async () => {
  const records = await replay({
    packets: PACKETS,
    rules: ['alert http any any -> any any (http.response_body; content:"body"; sid:1;)'],
    types: '[alert: { http-body-printable: yes }, http, files]',
  });
  const bodies = records.map(({ event_type, http }) => [event_type, http?.http_response_body_printable]);
  expect(bodies.sort()).toEqual([
    ['alert', 'body'],
    ['fileinfo', undefined],
    ['http', undefined],
  ]);
});
