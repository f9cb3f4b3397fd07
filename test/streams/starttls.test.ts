/** Data behind STARTTLS is inspected before it is parsed as TLS; after QUIT all data is inspected. */
import { describe, expect, it } from 'vitest';
import { conversation, replay, type Turn } from './replay.js';

const BEFORE: Turn[] = [
  [false, '220 a ESMTP\r\n'],
  [true, 'EHLO b\r\n'],
  [false, '250-a\r\n250 STARTTLS\r\n'],
  [true, 'STARTTLS\r\n'],
  [false, '220 go on\r\n'],
];
const HELLO =
  '\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03' + 'r'.repeat(32) + '\x00\x00\x02\x00\x2f\x01\x00';

describe.each([1000, 1])('in segments of %i bytes', step => {
  it.each<[string, Turn, string[], string, string?]>([
    ['TLS', [true, HELLO], [], 'tls'],
    ['unknown data', [true, 'q'.repeat(3000)], ['APPLAYER_NO_TLS_AFTER_STARTTLS'], 'tls'],
    [
      'another protocol',
      [true, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
      ['APPLAYER_UNEXPECTED_PROTOCOL'],
      'http',
      'tls',
    ],
  ])('STARTTLS, then %s', async (_, next, events, protocol, expected) => {
    const packets = conversation([...BEFORE, next], step);
    const records = await replay({ packets, types: '[anomaly, flow]' });
    const reported = records.flatMap(({ anomaly }) =>
      anomaly?.layer === 'proto_detect' ? [anomaly.event] : [],
    );
    expect(reported).toEqual(events);
    const flow = records.find(record => record['event_type'] === 'flow')!;
    expect([flow['app_proto'], flow['app_proto_orig'], flow['app_proto_expected']]).toEqual([
      protocol,
      'smtp',
      expected,
    ]);
  });
});

it('records before a protocol change do not show it', async () => {
  const packets = conversation([...BEFORE, [true, HELLO]]);
  const records = await replay({ packets, types: '[{ frame: { enabled: yes } }]' });
  const protocols = records.map(({ app_proto, app_proto_orig, app_proto_expected }) =>
    [app_proto, app_proto_orig, app_proto_expected].join(),
  );
  expect([...new Set(protocols)]).toEqual(['smtp,,', 'tls,smtp,']);
});

describe('a further protocol change', () => {
  const SERVER_HELLO = `\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03${'s'.repeat(32)}\x00\x00\x2f\x00`;
  const ENCRYPTED: Turn[] = [
    [true, HELLO],
    [false, SERVER_HELLO],
  ];
  const TUNNEL: Turn[] = [
    [true, 'CONNECT a:25 HTTP/1.1\r\nHost: a\r\n\r\n'],
    [false, 'HTTP/1.1 200 OK\r\n\r\n'],
  ];
  const tunnels = (number: number) => Array.from({ length: number }, () => TUNNEL).flat();
  const AGAIN: Turn[] = [
    [true, 'EHLO c\r\n'],
    [false, '250 ok\r\n'],
    [true, 'STARTTLS\r\n'],
    [false, '220 go on\r\n'],
  ];

  it.each<[string, Turn[], (string | undefined)[], string[]]>([
    [
      'is made in a tunnel',
      [...TUNNEL, ...BEFORE, ...ENCRYPTED],
      ['tls', 'smtp', undefined],
      ['http', 'smtp', 'tls'],
    ],
    [
      'is made up to eight times',
      [...tunnels(7), ...ENCRYPTED],
      ['tls', 'http', undefined],
      [...Array(7).fill('http'), 'tls'],
    ],
    [
      'is not made more often',
      [...tunnels(9), ...ENCRYPTED],
      ['http', undefined, undefined],
      Array(9).fill('http'),
    ],
    [
      'is rejected if the one before was not made',
      [...BEFORE, ...AGAIN, ...ENCRYPTED],
      ['smtp', undefined, 'tls'],
      ['smtp', 'smtp', 'FAILED_PROTOCOL_CHANGE'],
    ],
  ])('%s', async (_, turns, protocols, expected) => {
    const types = '[anomaly, flow, http, smtp, tls]';
    const shown = ({ event_type, anomaly }: Record<string, any>) =>
      anomaly?.event === 'FAILED_PROTOCOL_CHANGE' ? anomaly.event : event_type;
    for (const step of [1000, 1]) {
      const records = await replay({ packets: conversation(turns, step), types });
      const { app_proto, app_proto_orig, app_proto_expected } = records.find(
        each => each['event_type'] === 'flow',
      )!;
      expect([app_proto, app_proto_orig, app_proto_expected]).toEqual(protocols);
      const names = records.map(shown).filter(name => name !== 'flow' && name !== 'anomaly');
      expect(names.sort()).toEqual([...expected].sort());
    }
  });
});

it('TLS in a tunnel of HTTP shows HTTP as its original protocol', async () => {
  const packets = conversation([
    [true, 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
    [false, 'HTTP/1.1 200 OK\r\n\r\n'],
    [true, HELLO],
    [false, `\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03${'s'.repeat(32)}\x00\x00\x2f\x00`],
  ]);
  const records = await replay({ packets, types: '[{ tls: { extended: yes } }]' });
  expect(records.map(({ tls }) => tls.from_proto)).toEqual(['http']);
});

it('data of a client is inspected once it has sent QUIT', async () => {
  const packets = conversation([...BEFORE.slice(0, 3), [true, 'QUIT\r\n'], [false, '221 bye\r\n']]);
  const rules = ['alert smtp any any -> any any (content:"QUIT"; sid:1;)'];
  const records = await replay({ packets, rules });
  // The acknowledgment of the answer is the client's next packet.
  expect(records.map(({ pcap_cnt }) => pcap_cnt)).toEqual([13]);
});

describe('a disabled protocol is not changed to', () => {
  const off = (name: string) => ['--set', `app-layer.protocols.${name}.enabled=no`];
  const FRAME = '\x81\x02hi';

  it('TLS', async () => {
    const packets = conversation([...BEFORE, [true, HELLO]]);
    const records = await replay({ packets, types: '[anomaly, flow, tls]', words: off('tls') });
    expect(records.map(({ event_type, app_proto }) => [event_type, app_proto])).toEqual([['flow', 'smtp']]);
  });

  it('WebSocket', async () => {
    const packets = conversation([
      [true, 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
      [false, `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n${FRAME}`],
      [false, FRAME],
    ]);
    const types = '[anomaly, flow, websocket, http]';
    const recordsWith = async (words: string[]) =>
      (await replay({ packets, types, words })).map(({ event_type, app_proto }) => app_proto ?? event_type);
    expect(await recordsWith([])).toContain('websocket');
    expect(await recordsWith(off('websocket'))).toEqual(['http', 'http']);
  });
});
