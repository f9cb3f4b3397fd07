/** Records show the state at their packet, however many packets are read at once. */
import { expect, it } from 'vitest';
import { conversation, replay, type Turn } from './replay.js';

const BODY = 'some <b>words</b> '.repeat(400);
const SAID: Turn[] = [
  [true, 'GET /first HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\n\r\n'],
  [false, `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`],
  [true, 'POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n'],
  [true, 'z'.repeat(3000)],
  [false, 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
];
const RULES = [
  'alert http any any -> any any (http.method; content:"GET"; sid:1;)',
  'alert http any any -> any any (file.data; content:"words"; sid:2;)',
  'alert http any any -> any any (http.request_body; content:"zzz"; sid:3;)',
  'alert http any any -> any any (http.stat_code; content:"404"; sid:4;)',
  'alert tcp any any -> any any (content:"second"; sid:5;)',
  'alert http any any -> any any (frame:http1.stream; content:"404"; sid:6;)',
];

const read = (batch: number, profile = 'single') =>
  replay({
    packets: conversation(SAID, 500),
    rules: RULES,
    types: '[alert: { metadata: yes }, http: { extended: yes }, files, anomaly, flow]',
    words: ['--set', `threading.batch-size=${batch}`],
    profile,
  }).then(records => records.map(({ flow_id: _, ...record }) => record));

it('an alert on a request has only the part of the response acknowledged with its packet', async () => {
  const [alert] = await read(256);
  expect(alert).toMatchObject({ event_type: 'alert', alert: { signature_id: 1 }, pcap_cnt: 7 });
  expect(alert!['http'].length).toBeLessThan(500);
});

it.each([
  [2, 'single'],
  [7, 'single'],
  [256, 'single'],
  [256, 'workers'],
  [256, 'autofp'],
])('batches of %i packets, profile %s, give the same records', async (batch, profile) => {
  expect(await read(batch, profile)).toEqual(await read(1));
});
