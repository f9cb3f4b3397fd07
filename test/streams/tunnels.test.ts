/** A tunnel opened by HTTP begins behind the response that opened it, whichever side sends first. */
import { describe, expect, it } from 'vitest';
import { conversation, replay, type Turn } from './replay.js';

const OPENED: Turn[] = [
  [true, 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
  [false, 'HTTP/1.1 200 OK\r\n\r\n'],
];
const CLIENT: Turn = [true, 'SSH-2.0-c\r\n'];
const SERVER: Turn = [false, 'SSH-2.0-s\r\n'];

describe.each([1000, 1])('in segments of %i bytes', step => {
  it.each([
    ['the client', [CLIENT, SERVER]],
    ['the server', [SERVER, CLIENT]],
  ])('in a tunnel, %s sends first', async (_, next) => {
    const packets = conversation([...OPENED, ...next], step);
    const records = await replay({ packets, types: '[anomaly, flow, ssh, { http: { extended: yes } }]' });
    expect(records.filter(({ anomaly }) => anomaly?.layer === 'proto_detect')).toEqual([]);
    expect(records.flatMap(({ http }) => http?.http_method ?? [])).toEqual(['CONNECT']);
    const ssh = records.find(record => record['event_type'] === 'ssh')!;
    expect([ssh['ssh'].client.software_version, ssh['ssh'].server.software_version]).toEqual(['c', 's']);
    const flow = records.find(record => record['event_type'] === 'flow')!;
    expect([flow['app_proto'], flow['app_proto_tc'], flow['app_proto_orig']]).toEqual([
      'ssh',
      undefined,
      'http',
    ]);
  });
});

describe('the request that opened a tunnel is inspected', () => {
  const rules = ['http.method; content:"CONNECT"; sid:1', 'http.stat_code; content:"200"; sid:2'].map(
    options => `alert http any any -> any any (${options};)`,
  );
  it.each<[string, Turn[], string[]]>([
    ['although the tunnel stays empty', [], ['http']],
    [
      'although the tunnel has an unknown protocol',
      [true, false].map((from): Turn => [from, '?'.repeat(50)]),
      ['failed', 'http'],
    ],
    ['although the tunnel has another protocol', [CLIENT, SERVER], ['ssh', 'http']],
  ])('%s', async (_, next, protocols) => {
    const packets = conversation([...OPENED, ...next]);
    const records = await replay({ packets, rules, types: '[alert, flow]' });
    expect(records.flatMap(({ alert }) => alert?.signature_id ?? []).sort()).toEqual([1, 2]);
    // The flow's protocol stays HTTP until another one is detected.
    expect(records.find(({ alert }) => alert?.signature_id === 1)!['app_proto']).toBe('http');
    const flow = records.find(({ event_type }) => event_type === 'flow')!;
    expect(['app_proto', 'app_proto_orig'].flatMap(name => flow[name] ?? [])).toEqual(protocols);
  });
});

it('HTTP in a tunnel of HTTP is parsed', async () => {
  const packets = conversation([
    ...OPENED,
    [true, 'GET /in HTTP/1.1\r\nHost: a\r\n\r\n'],
    [false, 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n'],
  ]);
  const records = await replay({ packets, types: '[{ http: { extended: yes } }]' });
  expect(records.map(({ http }) => [http.url, http.status])).toEqual([
    ['a:443', 200],
    ['/in', 404],
  ]);
});

it.each(['single', 'workers', 'autofp', 'pipeline'])(
  'a request behind a rejected tunnel is inspected, and has a frame: %s',
  async profile => {
    const request = 'GET /behind HTTP/1.1\r\nHost: a\r\n\r\n';
    const empty = 'Content-Length: 0\r\n\r\n';
    const packets = conversation([
      [true, `${OPENED[0]![1]}${request}`],
      [false, `HTTP/1.1 405 No\r\n${empty}HTTP/1.1 404 No\r\n${empty}`],
    ]);
    const rules = [
      'http.uri; content:"/behind"; sid:1',
      'frame:http1.request; content:"GET /behind"; startswith; sid:2',
      'http.stat_code; content:"404"; sid:3',
    ].map(options => `alert http any any -> any any (${options};)`);
    const records = await replay({ packets, rules, types: '[alert, { http: { extended: yes } }]', profile });
    expect(records.flatMap(({ alert }) => alert?.signature_id ?? []).sort()).toEqual([1, 2, 3]);
    expect(records.flatMap(({ http, alert }) => (http && !alert ? [[http.url, http.status]] : []))).toEqual([
      ['a:443', 405],
      ['/behind', 404],
    ]);
  },
);
