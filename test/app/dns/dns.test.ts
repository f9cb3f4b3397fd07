import { describe, expect, it } from 'vitest';
import * as FlowRecord from '../../../engine/flow/flow-record.js';
import dns from '../../../modules/app/dns.js';
import mdns from '../../../modules/app/mdns.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { concat } from '../../packets/bytes.js';
import { framed, message, name, question, request, resource, response } from './message-builder.js';

const udp: FeedOptions = { transport: 'udp', serverPort: 53 };
const tcp: FeedOptions = { transport: 'tcp', serverPort: 53 };

const eveLog = (...entries: object[]) => ({
  outputs: entries.map(settings => ({ 'eve-log': { types: [{ dns: settings }] } })),
});

describe('DNS over UDP', () => {
  it('logs each message as a transaction of its own', () => {
    const { records, application } = new Feed([dns], udp)
      .client(request('example.org'))
      .server(response('example.org'));
    expect(records.map(({ dns: { type, tx_id, queries } }) => [type, tx_id, queries[0].rrname])).toEqual([
      ['request', 0, 'example.org'],
      ['response', 1, 'example.org'],
    ]);
    expect(application.sessionOf(0)!.transactions).toEqual([]);
  });

  it('logs answers one by one, and grouped by type', () => {
    const { records } = new Feed([dns], udp).server(response('a.b'));
    expect(records[0]!.dns).toMatchObject({
      version: 3,
      flags: '8180',
      qr: true,
      rcode: 'NOERROR',
      answers: [{ rrname: 'a.b', rrtype: 'A', ttl: 60, rdata: '10.0.0.1' }],
      grouped: { A: ['10.0.0.1'] },
    });
  });

  it('keeps bytes that are not text', () => {
    const { records } = new Feed([dns], udp).client(request('a\xffb'));
    expect(records[0]!.dns.queries[0].rrname).toBe('a\\xffb');
  });

  it('raises an event for each error', () => {
    const feed = new Feed([dns], udp).client(request('a'));
    feed.client(message({ flags: 0x8000 | 0x40, questions: [question(name('a'))] }));
    feed.server(message({ flags: 0x7800, questions: [question(name('a'))] })).client('x');
    expect(feed.events).toEqual([
      'z_flag_set',
      'not_a_request',
      'invalid_opcode',
      'not_a_response',
      'malformed_data',
    ]);
  });

  it('is not parsed after its flow was dropped', () => {
    const feed = new Feed([dns], udp).client(request('a.b'));
    feed.thread.flows.row[FlowRecord.ACTION] = FlowRecord.ACTION_DROP;
    feed.server(response('a.b'));
    expect(feed.records.map(({ dns: { type } }) => type)).toEqual(['request']);
  });

  it('is not detected in other data', () => {
    const feed = new Feed([dns], udp).client('hello, this is no message at all').client(request('a'));
    expect(feed.updates).toEqual([]);
  });
});

describe('records by output', () => {
  const variants = (config: FeedOptions['config']) => {
    const feed = new Feed([dns], { ...udp, config: config! }).client(request('a.b')).server(response('a.b'));
    return feed.records.map(({ dns: { version, type, rrname } }) => [version, type, rrname]);
  };

  it.each([
    [
      'one, version 3',
      eveLog({}),
      [
        [3, 'request', undefined],
        [3, 'response', undefined],
      ],
    ],
    [
      'one, version 2',
      eveLog({ version: 2 }),
      [
        [undefined, 'query', 'a.b'],
        [2, 'answer', 'a.b'],
      ],
    ],
    [
      'two, one of them with version 2',
      eveLog({}, { version: 2 }),
      [
        [3, 'request', undefined],
        [undefined, 'query', 'a.b'],
        [3, 'response', undefined],
        [2, 'answer', 'a.b'],
      ],
    ],
    ['none for DNS', { outputs: [{ 'eve-log': { types: ['http'] } }] }, []],
  ])('%s', (_, config, expected) => {
    expect(variants(config as FeedOptions['config'])).toEqual(expected);
  });

  it('have the answers in the configured formats', () => {
    const config = eveLog({ formats: ['grouped'] });
    const [record] = new Feed([dns], { ...udp, config: config as never }).server(response('a')).records;
    expect([record!.dns.answers, record!.dns.grouped]).toEqual([undefined, { A: ['10.0.0.1'] }]);
  });

  it.each([[[]], [['none that is known']]])('have answers in all formats for %j', formats => {
    const feed = new Feed([dns], { ...udp, config: eveLog({ formats }) as never });
    const [record] = feed.server(response('a')).records;
    expect([record!.dns.answers.length, record!.dns.grouped]).toEqual([1, { A: ['10.0.0.1'] }]);
  });
});

describe('DNS over TCP', () => {
  const stream = concat(...['a.b', 'c.d', 'e.f'].map(each => framed(request(each))));

  it.each([1, 2, 3, 7, 14, 1000])('gives the same with segments of %i bytes', size => {
    const { records } = new Feed([dns], tcp).pieces(true, stream, () => size);
    expect(records.map(record => record.dns.queries[0].rrname)).toEqual(['a.b', 'c.d', 'e.f']);
  });

  it('continues with a message behind a gap', () => {
    const feed = new Feed([dns], tcp).client(framed(request('a.b')));
    feed
      .gap(true, 1000)
      .client('in the middle of a message')
      .client(framed(request('c.d')));
    expect(feed.records.map(record => record.dns.queries[0].rrname)).toEqual(['a.b', 'c.d']);
  });

  it('buffers one message at most', () => {
    const feed = new Feed([dns], tcp).client(framed(request('a.b')));
    for (let i = 0; i < 1000; i++) feed.client(concat(Uint8Array.of(0xff, 0xff), new Uint8Array(100)));
    expect(feed.application.sessionOf(0)!.transactions.length).toBe(0);
  });
});

describe('mDNS', () => {
  const mdnsUdp: FeedOptions = { transport: 'udp', serverPort: 5353 };

  it('has types in lower case, with their data below them', () => {
    const bytes = message({
      id: 0,
      flags: 0x8400,
      answers: [
        resource(name('x.local'), 16, Uint8Array.from(Buffer.from('\x03a=1\x03b=2'))),
        resource(name('y.local'), 12, name('z.local')),
      ],
    });
    const { records } = new Feed([mdns], mdnsUdp).client(bytes);
    expect(records[0]!.mdns).toEqual({
      type: 'response',
      answers: [
        { rrname: 'x.local', rrtype: 'txt', ttl: 60, txt: ['a=1', 'b=2'] },
        { rrname: 'y.local', rrtype: 'ptr', ttl: 60, ptr: 'z.local' },
      ],
    });
  });

  it('accepts messages from both sides', () => {
    const feed = new Feed([mdns], mdnsUdp).client(request('a', 12)).client(response('a'));
    expect(feed.records.map(record => record.mdns.type)).toEqual(['request', 'response']);
    expect(feed.events).toEqual([]);
  });
});
