import { describe, expect, it } from 'vitest';
import type { TlsTransaction } from '../../../modules/app/tls/transaction.js';
import tls from '../../../modules/app/tls.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { concat, u8, u16 } from '../../packets/bytes.js';
import {
  alpn,
  CHANGE_CIPHER_SPEC,
  certificate,
  certificates,
  clientHello,
  dnsName,
  extension,
  handshake,
  record,
  SERVER_HELLO_DONE,
  serverHello,
  serverName,
  versions,
} from './handshake-builder.js';

const https: FeedOptions = { serverPort: 443 };
const hello = record(22, clientHello([serverName('www.example.org'), alpn('h2', 'http/1.1')]), 0x0301);
const flight = record(
  22,
  concat(
    serverHello([alpn('h2')]),
    certificates(certificate({ names: [dnsName('a.b')] })),
    SERVER_HELLO_DONE,
  ),
);
const eveLog = (settings: object) => ({ outputs: [{ 'eve-log': { types: [{ tls: settings }] } }] }) as never;

const USUAL = {
  subject: 'C=FR, ST=IDF, CN=www.example.org',
  issuerdn: 'C=FR, O=Example, CN=CA',
  serial: '00:97:E6',
  sni: 'www.example.org',
  version: 'TLS 1.2',
  notbefore: '2020-01-02T03:04:05',
  notafter: '2050-01-02T03:04:05',
  subjectaltname: ['a.b'],
  client_alpns: ['h2', 'http/1.1'],
  server_alpns: ['h2'],
};

describe('a handshake', () => {
  it('is logged when the server hello is complete', () => {
    const { records } = new Feed([tls], https).client(hello).server(flight);
    expect(records.map(each => each.tls)).toEqual([expect.objectContaining(USUAL)]);
  });

  it.each([1, 2, 5, 77, 1000])('is logged the same with segments of %i bytes', size => {
    const feed = new Feed([tls], https).pieces(true, hello, () => size).pieces(false, flight, () => size);
    expect(feed.records.map(each => each.tls)).toEqual([expect.objectContaining(USUAL)]);
  });

  it('may have messages in several records', () => {
    const message = clientHello([serverName('a.b')]);
    const fragments = Array.from({ length: Math.ceil(message.length / 10) }, (_, i) =>
      record(22, message.subarray(10 * i, 10 * i + 10)),
    );
    const feed = new Feed([tls], https).client(concat(...fragments)).server(flight);
    expect(feed.records[0]!.tls.sni).toBe('a.b');
  });

  it('may have a long message in records of one byte', () => {
    const message = clientHello([extension(21, new Uint8Array(60_000)), serverName('a.b')]);
    const fragments = Array.from(message, byte => record(22, u8(byte)));
    const feed = new Feed([tls], https).client(concat(...fragments)).server(flight);
    expect(feed.records[0]!.tls.sni).toBe('a.b');
  });

  it('has the ALPN protocols of each side', () => {
    const { transactions } = new Feed([tls], https).client(hello).server(flight);
    const alpn = tls.buffers.find(({ keyword }) => keyword === 'tls.alpn')!;
    const named = (toServer: boolean) =>
      [0, 1, 2].map(index => {
        const bytes = alpn.get(transactions[0] as never, toServer, index);
        return bytes && Buffer.from(bytes).toString('latin1');
      });
    expect(named(true)).toEqual(['h2', 'http/1.1', undefined]);
    expect(named(false)).toEqual(['h2', undefined, undefined]);
  });

  it('has a limited number of protocols and certificates', () => {
    const many = alpn(...Array.from({ length: 3000 }, () => 'a'));
    const feed = new Feed([tls], https)
      .client(record(22, clientHello([many])))
      .server(
        record(22, concat(serverHello([alpn('h2', '', 'h3')]), certificates(...Array(2000).fill(u8(1))))),
      )
      .client(CHANGE_CIPHER_SPEC);
    const [{ client, server }] = feed.transactions as [TlsTransaction];
    expect([client.hello!.alpn.length, server.hello!.alpn.length, server.chain.length]).toEqual([
      1000, 1, 1000,
    ]);
  });

  it('keeps the first server hello and certificates if the server repeats them', () => {
    const again = concat(
      serverHello([], 0x0035),
      certificates(certificate({ serial: u8(7) })),
      SERVER_HELLO_DONE,
    );
    const feed = new Feed([tls], https).client(hello).server(flight).server(record(22, again)).end();
    const [{ server }] = feed.transactions as [TlsTransaction];
    expect([server.hello!.ciphers, server.chain.length]).toEqual([[0x002f], 1]);
    expect(Buffer.from(server.chain[0]!).includes(Buffer.from([0x00, 0x97, 0xe6]))).toBe(true);
  });

  it('has no certificate if resumed', () => {
    const feed = new Feed([tls], https).client(hello);
    feed.server(concat(record(22, serverHello()), CHANGE_CIPHER_SPEC)).client(CHANGE_CIPHER_SPEC);
    expect(feed.records[0]!.tls).toMatchObject({ session_resumed: true, sni: 'www.example.org' });
  });

  it('of TLS 1.3 has its version in an extension', () => {
    const feed = new Feed([tls], https).client(record(22, clientHello([versions(0x0a0a, 0x0304)])));
    feed.server(record(22, serverHello([extension(43, u16(0x0304))]))).end();
    expect(feed.records[0]!.tls.version).toBe('TLS 1.3');
  });

  it.each([
    ['of an early draft of TLS 1.3', 0x7f13, 'TLS 1.3 draft-19'],
    ['of a draft that calls itself TLS 1.3', 0x0304, 'TLS 1.3'],
  ])('%s has no session in the server hello', (_, number, version) => {
    const draft = concat(u16(number), new Uint8Array(32), u16(0x1302), u16(6), extension(40, u16(29)));
    const feed = new Feed([tls], https).client(hello).server(record(22, handshake(2, draft)));
    feed
      .server(record(23, new Uint8Array(20)))
      .client(record(23, new Uint8Array(20)))
      .end();
    expect(feed.events).toEqual([]);
    expect(feed.records[0]!.tls).toMatchObject({ version });
  });

  it('without an answer is logged if the client sent a server name, with the newest offered version', () => {
    const offers = extension(43, Uint8Array.of(4, 0x03, 0x04, 0x03, 0x03));
    const named = record(22, clientHello([serverName('a.b'), offers]), 0x0301);
    expect(new Feed([tls], https).client(named).end().records).toEqual([
      { tls: { sni: 'a.b', version: 'TLS 1.3' } },
    ]);
    const unnamed = record(22, clientHello([offers]), 0x0301);
    expect(new Feed([tls], https).client(unnamed).end().records).toEqual([]);
  });

  it('is logged once', () => {
    const feed = new Feed([tls], https).client(hello).server(flight).client(CHANGE_CIPHER_SPEC);
    feed.server(CHANGE_CIPHER_SPEC).end();
    expect(feed.records.length).toBe(1);
  });
});

describe('records by output', () => {
  const first = (settings: object): object =>
    new Feed([tls], { ...https, config: eveLog(settings) }).client(hello).server(flight).records[0]!.tls;

  it.each<[string, object, string[]]>([
    ['not extended', { extended: 'no' }, ['subject', 'issuerdn']],
    ['custom', { custom: ['sni', 'Chain', 'not_before'] }, ['sni', 'notbefore', 'chain']],
    [
      'handshakes',
      { custom: ['client_handshake', 'server_handshake'] },
      ['client_handshake', 'server_handshake'],
    ],
  ])('%s', (_, settings, members) => {
    expect(Object.keys(first(settings))).toEqual(members);
  });

  it("have the client's certificate with its names", () => {
    const feed = new Feed([tls], { ...https, config: eveLog({ extended: 'yes' }) }).client(hello);
    const asking = concat(
      serverHello(),
      certificates(certificate()),
      handshake(13, u8(0)),
      SERVER_HELLO_DONE,
    );
    feed.server(record(22, asking));
    feed.client(record(22, certificates(certificate({ names: [dnsName('c.d')] })))).end();
    expect(feed.records[0]!.tls.client).toMatchObject({
      subject: 'C=FR, ST=IDF, CN=www.example.org',
      subjectaltname: ['c.d'],
    });
  });

  it('omit resumed sessions', () => {
    const feed = new Feed([tls], { ...https, config: eveLog({ 'session-resumption': 'no' }) }).client(hello);
    feed
      .server(concat(record(22, serverHello()), CHANGE_CIPHER_SPEC))
      .client(CHANGE_CIPHER_SPEC)
      .end();
    expect(feed.records).toEqual([]);
  });

  it('have JA3 and JA4 if configured', () => {
    const config = {
      'app-layer': { protocols: { tls: { 'ja3-fingerprints': 'yes', 'ja4-fingerprints': 'yes' } } },
    };
    const { records } = new Feed([tls], { ...https, config }).client(hello).server(flight);
    expect(records[0]!.tls).toMatchObject({
      ja3: { string: '771,4865-47,0-16,,' },
      ja3s: { string: '771,47,16' },
      ja4: expect.stringMatching(/^t12d0202h2_[0-9a-f]{12}_[0-9a-f]{12}$/),
    });
  });
});

describe('a hostile conversation', () => {
  const sni = (body: Uint8Array) => record(22, clientHello([extension(0, body)]));
  it.each<[string, Uint8Array[], string[]]>([
    [
      'two server names',
      [record(22, clientHello([serverName('a'), serverName('b')]))],
      ['multiple_sni_extensions'],
    ],
    ['a server name of another kind', [sni(Uint8Array.of(0, 4, 9, 0, 1, 97))], ['invalid_sni_type']],
    ['a server name that is too short', [sni(Uint8Array.of(0, 4, 0, 0, 9, 97))], ['invalid_sni_length']],
    [
      'a record of an unknown type',
      [hello, record(99, u8(0))],
      ['invalid_record_type', 'invalid_ssl_record'],
    ],
    [
      'a record with another version',
      [hello, Uint8Array.of(22, 9, 9, 0, 0)],
      ['invalid_record_version', 'invalid_ssl_record'],
    ],
    [
      'a record that is too long',
      [hello, Uint8Array.of(22, 3, 3, 0xff, 0xff)],
      ['invalid_record_length', 'invalid_ssl_record'],
    ],
    [
      'an unknown message',
      [hello, record(22, handshake(132, u8(0)))],
      ['invalid_handshake_message', 'invalid_ssl_record'],
    ],
    ['a truncated hello', [record(22, handshake(1, u16(0x0303)))], ['handshake_invalid_length']],
    [
      'a heartbeat that requests more than it contains',
      [hello, record(24, Uint8Array.of(1, 0x40, 0))],
      ['heartbeat_message', 'overflow_heartbeat_message'],
    ],
  ])('with %s raises events', (_, segments, events) => {
    const feed = new Feed([tls], https);
    for (const segment of segments) feed.client(segment);
    expect(feed.events).toEqual(events);
  });

  it.each([
    [40, 40, []],
    [40, 400, ['dataleak_heartbeat_mismatch']],
  ])('with an encrypted heartbeat of %i bytes answered by %i', (asked, answered, events) => {
    const ready = record(20, u8(1));
    const feed = new Feed([tls], https).client(hello).server(flight).client(ready).server(ready);
    feed.client(record(24, new Uint8Array(asked))).server(record(24, new Uint8Array(answered)));
    expect(feed.events).toEqual(events);
  });

  it('with an invalid certificate raises an event', () => {
    const feed = new Feed([tls], https).client(hello);
    feed.server(record(22, concat(serverHello(), certificates(Uint8Array.of(1, 2, 3)))));
    expect(feed.events).toEqual(['certificate_invalid_der']);
  });

  it('with thousands of tiny records keeps one transaction and no bytes', () => {
    const feed = new Feed([tls], https).client(hello).server(flight);
    for (let i = 0; i < 2000; i++) feed.client(record(22, new Uint8Array(0)));
    expect(feed.application.sessionOf(0)!.transactions.length).toBe(1);
    expect(feed.events).toEqual([]);
  });

  it('with an endless message is given up', () => {
    const feed = new Feed([tls], https).client(record(22, concat(u8(1), Uint8Array.of(0xff, 0xff, 0xff))));
    expect(feed.events).toEqual(['handshake_invalid_length', 'invalid_ssl_record']);
  });
});
