import { describe, expect, it } from 'vitest';
import tls from '../../../modules/app/tls.js';
import { conversation, replay, type Turn } from '../../streams/replay.js';
import {
  CHANGE_CIPHER_SPEC,
  certificate,
  certificates,
  clientHello,
  handshake,
  record,
  SERVER_HELLO_DONE,
  serverHello,
} from './handshake-builder.js';

const state = tls.tests.find(({ keyword }) => keyword === 'ssl_state')!;
const both = {
  client: { hello: {}, encrypted: false },
  server: { hello: {}, encrypted: false, chain: [] },
} as never;

describe('ssl_state', () => {
  it.each([
    ['client_hello', true, true],
    ['client_hello', false, false],
    ['server_hello', true, false],
    ['server_hello', false, true],
    ['client_hello|server_hello', false, true],
    ['!client_hello', true, false],
    ['!client_hello', false, true],
    ['unknown', true, false],
  ] as const)('%s with data to the server (%s) is %s', (argument, toServer, expected) => {
    expect(state.matches(both, toServer, state.parse(argument))).toBe(expected);
  });

  it.each([
    [{ encrypted: false, chain: [] }, []],
    [{ encrypted: true, chain: [] }, ['server_keyx']],
    [{ encrypted: false, chain: [new Uint8Array(1)] }, ['server_keyx']],
  ])('a server that sent %j has exchanged keys: %j', (server, expected) => {
    const transaction = { client: {}, server: { hello: {}, ...server } } as never;
    const keys = ['client_keyx', 'server_keyx'].filter(name =>
      state.matches(transaction, false, state.parse(name)),
    );
    expect(keys).toEqual(expected);
    expect(state.matches(transaction, true, state.parse('server_keyx'))).toBe(false);
  });

  it('rejects unknown states', () => expect(() => state.parse('hello')).toThrow('expected client_hello'));

  it('is evaluated again when the handshake advances', async () => {
    const turn = (fromClient: boolean, ...parts: Uint8Array[]): Turn => [
      fromClient,
      Buffer.concat(parts).toString('latin1'),
    ];
    const keys = handshake(16, new Uint8Array(8));
    const packets = conversation([
      turn(true, record(22, clientHello())),
      turn(false, record(22, serverHello())),
      turn(false, record(22, certificates(certificate())), record(22, SERVER_HELLO_DONE)),
      turn(true, record(22, keys), CHANGE_CIPHER_SPEC),
      turn(false, CHANGE_CIPHER_SPEC),
    ]);
    const rules = ['client_hello', 'server_hello', 'client_keyx', 'server_keyx'].map(
      (name, i) => `alert tls any any -> any any (ssl_state:${name}; sid:${i + 1};)`,
    );
    const records = await replay({ packets, rules, words: ['--simulate-ips'] });
    expect(records.map(({ alert, pcap_cnt }) => [alert.signature_id, pcap_cnt])).toEqual([
      [1, 4],
      [2, 6],
      [4, 8],
      [3, 10],
    ]);
  });
});
