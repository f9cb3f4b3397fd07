import { describe, expect, it } from 'vitest';
import pgsql from '../../../modules/app/pgsql.js';
import smb from '../../../modules/app/smb.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { MD5, message, READY, row, SSL_REQUEST, STARTUP, WELCOME } from './message-builder.js';

const fed = (options: FeedOptions = {}) => new Feed([pgsql], { serverPort: 5432, ...options });
const recordsOf = (feed: Feed) => feed.end().records.map(record => record.pgsql);
/** A connection that is ready. */
const ready = (options?: FeedOptions) => fed(options).client(STARTUP).server(WELCOME);
const later = (feed: Feed) => recordsOf(feed).slice(1);

describe('pgsql', () => {
  it('logs the startup of a connection', () => {
    const feed = fed()
      .client(SSL_REQUEST)
      .server('N')
      .client(STARTUP)
      .server(MD5)
      .client(message('p', 'secret\0'))
      .server(WELCOME)
      .client(message('X', ''));
    expect(recordsOf(feed)).toEqual([
      { tx_id: 1, request: { message: 'SSL Request' }, response: { ssl_accepted: false } },
      {
        tx_id: 2,
        request: {
          protocol_version: '3.0',
          startup_parameters: {
            user: 'me',
            optional_parameters: [{ database: 'db' }, { date_style: 'ISO' }],
          },
        },
        response: { authentication_md5_password: 'abcd' },
      },
      {
        tx_id: 3,
        request: { password_redacted: true },
        response: {
          message: 'authentication_ok',
          process_id: 7,
          secret_key: 9,
          parameter_status: [{ time_zone: 'UTC' }],
        },
      },
      { tx_id: 4, request: { message: 'termination_message' } },
    ]);
  });

  it('logs passwords if configured', () => {
    const config = { outputs: [{ 'eve-log': { types: [{ pgsql: { passwords: 'yes' } }] } }] };
    const feed = fed({ config }).client(STARTUP).server(MD5).client(message('p', 'secret\0')).server(WELCOME);
    expect(recordsOf(feed)[1].request).toEqual({ password: 'secret' });
  });

  it('logs mechanisms by any name', () => {
    const mechanism = (name: string) =>
      recordsOf(
        fed()
          .client(STARTUP)
          .server(message('R', `\0\0\0\x0a${name}\0\0`))
          .client(message('p', `${name}\0\0\0\0\0`)),
      )[1].request.sasl_authentication_mechanism;
    expect(mechanism('SCRAM-SHA-256')).toBe('scram_SHA256');
    expect(mechanism('constructor')).toBe('constructor');
  });

  it('logs queries with their results', () => {
    const rows = Buffer.concat([
      message('T', '\0\x01x'),
      row('abc'),
      row('de'),
      message('C', 'SELECT 2\0'),
      READY,
    ]);
    const feed = ready().client(message('Q', 'SELECT 1\0')).server(rows);
    expect(later(feed)).toEqual([
      {
        tx_id: 2,
        request: { simple_query: 'SELECT 1' },
        response: { field_count: 1, data_rows: 2, data_size: 5, command_completed: 'SELECT 2' },
      },
    ]);
    const query = pgsql.buffers[0]!.get(feed.transactions[1] as never, true, 0)!;
    expect(Buffer.from(query).toString()).toBe('SELECT 1');
  });

  it('separates extended queries and their responses', () => {
    const extended = Buffer.concat([message('P', 'x\0'), message('E', 'y'), message('S', '')]);
    const answers = Buffer.concat([message('1', ''), message('E', 'SERROR\0\0'), READY]);
    const feed = ready()
      .client(Buffer.concat([extended, message('Q', 'a\0')]))
      .server(Buffer.concat([answers, message('E', 'SERROR\0C42P01\0Mno\0\0'), READY]));
    expect(later(feed)).toEqual([
      {
        tx_id: 2,
        request: { simple_query: 'a' },
        response: { severity_localizable: 'ERROR', code: '42P01', message: 'no' },
      },
    ]);
  });

  it('counts copied data', () => {
    const feed = ready()
      .client(message('Q', 'COPY t FROM STDIN\0'))
      .server(message('G', '\0\0\x02\0\0\0\0'))
      .client(Buffer.concat([message('d', 'abcd'), message('d', 'ef'), message('c', '')]))
      .server(Buffer.concat([message('C', 'COPY 2\0'), READY]))
      .client(message('Q', 'COPY t TO STDOUT\0'))
      .server(Buffer.concat([message('H', '\0\0\x01\0\0'), message('d', 'xyz'), message('c', ''), READY]));
    expect(later(feed)).toEqual([
      {
        tx_id: 2,
        request: { simple_query: 'COPY t FROM STDIN' },
        response: { copy_in_response: { columns: 2 } },
      },
      {
        tx_id: 3,
        request: { copy_data_in: { msg_count: 2, data_size: 6 }, message: 'copy_done' },
        response: { command_completed: 'COPY 2' },
      },
      {
        tx_id: 4,
        request: { simple_query: 'COPY t TO STDOUT' },
        response: { copy_out_response: { columns: 1 }, copy_data_out: { row_count: 1, data_size: 3 } },
      },
    ]);
  });

  it('is detected from an answer that arrives byte by byte', () => {
    const feed = fed()
      .client(STARTUP)
      .pieces(false, WELCOME, () => 1);
    expect([...feed.end().packetEvents]).toEqual([]);
  });

  it('is detected from an SSL request, which is too short for protocols with the same beginning', () => {
    const request = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30]);
    const feed = new Feed([smb, pgsql], { serverPort: 5432 }).client(request).server('G').end();
    expect(feed.records.map(record => record.pgsql)).toMatchObject([{ response: { gss_accepted: true } }]);
  });

  it('logs the same with any segmentation', () => {
    const client = Buffer.concat([STARTUP, message('Q', 'SELECT 1\0')]);
    const server = Buffer.concat([WELCOME, row('abc'), message('C', 'SELECT 1\0'), READY]);
    const cut = fed()
      .pieces(true, client, () => 1)
      .pieces(false, server, () => 1);
    expect(recordsOf(cut)).toEqual(recordsOf(fed().client(client).server(server)));
  });

  it('continues as TLS if the server accepts it', () => {
    const feed = fed().client(SSL_REQUEST).server('S').client('\x16\x03');
    expect(recordsOf(feed)).toEqual([
      { tx_id: 1, request: { message: 'SSL Request' }, response: { ssl_accepted: true } },
    ]);
  });

  it('continues behind a gap at the beginning of a message', () => {
    const feed = ready().client(message('Q', 'first\0').subarray(0, 7)).gap(true, 4).client('and the rest');
    feed.client(message('Q', 'second\0')).server(row('x').subarray(0, 8)).gap(false, 40).server('\x01\x02');
    feed.server(Buffer.concat([row('abc'), message('C', 'SELECT 1\0'), READY]));
    expect(later(feed)).toEqual([
      {
        tx_id: 2,
        request: { simple_query: 'second' },
        response: { command_completed: 'SELECT 1', data_rows: 2, data_size: 4 },
      },
    ]);
  });

  it.each([1 << 16, 1000])(
    'logs the beginning of a query of any length, with segments of %i bytes',
    length => {
      const query = message('Q', `SELECT ${'x'.repeat(1_500_000)}\0`);
      const feed = ready().pieces(true, query, () => length);
      feed.client(message('Q', 'next\0')).server(message('C', 'one\0')).server(READY);
      const [long, next] = later(feed.server(message('C', 'two\0')).server(READY));
      expect(long.request.simple_query.slice(0, 8)).toBe('SELECT x');
      expect([long.response.command_completed, next.response.command_completed]).toEqual(['one', 'two']);
    },
  );

  it('limits the requests that wait for a response', () => {
    const config = { 'app-layer': { protocols: { pgsql: { 'max-tx': '2' } } } };
    const queries = Buffer.concat([1, 2, 3].map(() => message('Q', 'x\0')));
    expect(ready({ config }).client(queries).end().events).toContain('too_many_transactions');
  });

  it.each([
    ['a message without a length', message('Q', 'a\0'), Buffer.from('C\0\0\0\0', 'latin1'), 'invalid_length'],
    ['an invalid response', message('Q', 'a\0'), message('\x01', ''), 'malformed_response'],
    ['an invalid request', message('\x7f', 'a\0'), READY, 'malformed_request'],
  ])('reports %s', (_, client, server, event) => {
    expect(ready().client(client).server(server).end().events).toEqual([event]);
  });
});
