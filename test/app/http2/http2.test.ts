import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import http from '../../../modules/app/http.js';
import { PRIORITY } from '../../../modules/app/http2/frame.js';
import { HeaderDecoder, isField } from '../../../modules/app/http2/header-block.js';
import {
  type Http2Transaction,
  Message,
  PROGRESS_TO_CLIENT,
} from '../../../modules/app/http2/transaction.js';
import http2 from '../../../modules/app/http2.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { randomNumbers } from '../../pseudo-random.js';
import { keywordMatches } from '../rule-keyword.js';
import { block, data, frame, GET, headers, preface } from './frame-builder.js';

function fed(client: Uint8Array[], server: Uint8Array[], options: FeedOptions = {}): Feed {
  return new Feed([http, http2], options)
    .client(Buffer.concat(client))
    .server(Buffer.concat(server))
    .close(true)
    .close(false)
    .end();
}

/** A buffer of the transaction of a stream, as text. */
function buffer(feed: Feed, stream: number, keyword: string, toServer: boolean): string | undefined {
  const transaction = feed.transactions.find(each => (each as { stream?: number }).stream === stream);
  const bytes = http2.buffers.find(each => each.keyword === keyword)!.get(transaction as never, toServer, 0);
  return bytes && Buffer.from(bytes).toString('latin1');
}

const ANSWER = { ':status': '200', 'content-type': 'text/plain' };

describe('header blocks', () => {
  const names = (entries: ReturnType<HeaderDecoder['decode']>) =>
    entries.map(each => (isField(each) ? `${Buffer.from(each.name)}: ${Buffer.from(each.value)}` : each));
  const decoded = (decoder: HeaderDecoder, hex: string, events: string[] = []) =>
    names(decoder.decode(Buffer.from(hex, 'hex'), 1e6, event => events.push(event)));

  // RFC 7541 C.4: three requests with Huffman coding, each using table entries of those before.
  it('of RFC 7541 C.4 are decoded', () => {
    const decoder = new HeaderDecoder(4096);
    const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'];
    expect(decoded(decoder, '828684418cf1e3c2e5f23a6ba0ab90f4ff')).toEqual(first);
    expect(decoded(decoder, '828684be5886a8eb10649cbf')).toEqual([...first, 'cache-control: no-cache']);
    expect(decoded(decoder, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf')).toEqual([
      ':method: GET',
      ':scheme: https',
      ':path: /index.html',
      ':authority: www.example.com',
      'custom-key: custom-value',
    ]);
  });

  it('give size updates of the table', () => {
    expect(decoded(new HeaderDecoder(4096), '3fe10f82')).toEqual([{ tableSize: 2048 }, ':method: GET']);
  });

  it.each([
    ['an invalid index', 'ff00', 'invalid_header'],
    ['a truncated text', '000561', 'extra_header_data'],
    ['a truncated number', 'ff', 'extra_header_data'],
    ['a field without its value', '000161', 'extra_header_data'],
    ['invalid Huffman code', '0081fe0161', 'invalid_header'],
    ['an endless number', 'ffffffffffffffff7f', 'header_integer_overflow'],
    ['a number of very many digits', `3f${'80'.repeat(150)}00`, 'header_integer_overflow'],
    ['a length of very many digits', `007f${'80'.repeat(150)}00`, 'header_integer_overflow'],
    ['a table that is larger than allowed', '3fe1ff7f', 'invalid_header'],
  ])('report %s', (_, hex, event) => {
    const events: string[] = [];
    decoded(new HeaderDecoder(4096), hex, events);
    expect(events).toContain(event);
  });

  it('may have numbers with leading zeros', () => {
    expect(decoded(new HeaderDecoder(4096), '3fe18f808080808000')).toEqual([{ tableSize: 2048 }]);
  });

  // A field that is added to the table takes 32 bytes more than its texts (RFC 7541 4.1).
  const added = (letter: string) => `4001${Buffer.from(letter).toString('hex')}0131`;
  it('replace the oldest fields of a full table', () => {
    const decoder = new HeaderDecoder(4096);
    decoded(decoder, `3f25${added('a')}${added('b')}`);
    expect(decoded(decoder, 'bebf')).toEqual(['b: 1', 'a: 1']);
    expect(decoded(decoder, `${added('c')}be`)).toEqual(['c: 1', 'c: 1']);
    expect(decoded(decoder, 'bf')).toEqual(['b: 1']);
    expect(decoded(decoder, 'c0')).toEqual([]);
    expect(decoded(decoder, '3f03be')).toEqual([{ tableSize: 34 }, 'c: 1']);
    expect(decoded(decoder, 'bf')).toEqual([]);
    expect(decoded(decoder, '3f02be')).toEqual([{ tableSize: 33 }]);
  });

  it('leave the size of the table as it is behind a number that is too long', () => {
    const decoder = new HeaderDecoder(68);
    decoded(decoder, `3f${'80'.repeat(150)}00`);
    decoded(decoder, `${added('a')}${added('b')}${added('c')}`);
    expect(decoded(decoder, 'bebfc0')).toEqual(['c: 1', 'b: 1']);
  });

  it('give no more fields than the limit', () => {
    const events: string[] = [];
    const decoder = new HeaderDecoder(65536);
    const large = block({ a: 'x'.repeat(100) });
    large[0] = 0x40;
    const many = Buffer.concat([large, Buffer.alloc(5000, 0xbe)]);
    expect(decoder.decode(many, 1020, event => events.push(event)).length).toBe(10);
    expect(events).toEqual(['reassembly_limit_reached']);
  });
});

describe('streams', () => {
  const gzipped = { ...ANSWER, 'content-encoding': 'gzip', 'content-length': '10' };
  const exchange = (): [Uint8Array[], Uint8Array[]] => [
    [preface, headers(1, GET, true), headers(3, { ...GET, ':method': 'POST' }), data(3, 'posted')],
    [headers(1, gzipped), data(1, gzipSync('the content')), headers(3, ANSWER, true)],
  ];

  it('have a URI of limited length', () => {
    const feed = fed([preface, headers(1, GET, true)], [headers(1, ANSWER, true)]);
    const stream = feed.transactions.find(each => (each as { stream?: number }).stream === 1) as never;
    const urilen = http2.tests.find(each => each.keyword === 'urilen')!;
    const matches = (length: string) => keywordMatches(urilen, length, stream, true);
    expect([`${'/a/file.txt'.length}`, '<5', '>5,raw'].map(matches)).toEqual([true, false, true]);
    expect(['10-12', '11-13', '!11-13', '!=11', '0xb', '&0x3=3, raw'].map(matches)).toEqual([
      true,
      false,
      true,
      false,
      true,
      true,
    ]);
    for (const refused of ['', 'x', '12-11', '5,bare', '5,raw,norm'])
      expect(() => matches(refused)).toThrow();
  });

  it('are transactions with the buffers of HTTP', () => {
    const feed = fed(...exchange());
    expect(buffer(feed, 1, 'http.host', true)).toBe('example.org');
    expect(buffer(feed, 1, 'http.host.raw', true)).toBe('User@Example.org:8080');
    expect(buffer(feed, 1, 'http.uri', true)).toBe('/a/file.txt');
    expect(buffer(feed, 1, 'http.request_line', true)).toBe('GET /a/file.txt HTTP/2\r\n');
    expect(buffer(feed, 1, 'http.response_line', false)).toBe('HTTP/2 200\r\n');
    expect(buffer(feed, 1, 'file.data', false)).toBe('the content');
    expect(buffer(feed, 3, 'http.request_body', true)).toBe('posted');
    expect(buffer(feed, 3, 'http.header_names', false)).toBe('\r\n:status\r\ncontent-type\r\n\r\n');
    expect(feed.events).toEqual(['userinfo_in_uri', 'userinfo_in_uri']);
  });

  it('begin in any order, also behind a priority for a later one, and are not reused', () => {
    const priority = frame(PRIORITY, 0, 9, Buffer.from([0, 0, 0, 0, 200]));
    const asked = [preface, priority, headers(3, GET, true), headers(1, GET, true)];
    const feed = fed(asked, [headers(1, ANSWER, true), headers(3, ANSWER, true), headers(1, ANSWER, true)]);
    for (const stream of [1, 3]) expect(buffer(feed, stream, 'http.uri', true)).toBe('/a/file.txt');
    expect(feed.events.filter(event => event === 'stream_id_reuse')).toHaveLength(1);
  });

  // RFC 9113 4.3: header blocks share a table, whatever becomes of the stream that changes it.
  describe('that are not followed change the table of header fields', () => {
    const agent = Buffer.concat([Buffer.from([0x40, 10]), Buffer.from('user-agent\x01x')]);
    const late = (stream: number) =>
      Buffer.concat([frame(1, 1, stream, agent.subarray(0, 5)), frame(9, 4, stream, agent.subarray(5))]);
    const indexed = (stream: number) => frame(1, 5, stream, Buffer.from([0xbe]));

    it('as they have ended', () => {
      const feed = new Feed([http2]).client(Buffer.concat([preface, headers(1, GET)]));
      feed.server(frame(3, 0, 1, Buffer.from([0, 0, 0, 8])));
      feed.client(Buffer.concat([late(1), indexed(3)])).end();
      expect(buffer(feed, 3, 'http.user_agent', true)).toBe('x');
      expect(feed.events.filter(event => event !== 'userinfo_in_uri')).toEqual(['stream_id_reuse']);
    });

    it('as there are too many', () => {
      const config = { 'app-layer': { protocols: { http2: { 'max-streams': 1 } } } };
      const feed = fed([preface, headers(1, GET), headers(3, GET), late(1), indexed(5)], [], { config });
      expect(buffer(feed, 5, 'http.user_agent', true)).toBe('x');
    });
  });

  it('have records', () => {
    const [record] = fed(...exchange()).records.filter(each => each.http.http2.stream_id === 1);
    expect(record!.http).toMatchObject({
      version: '2',
      http_method: 'GET',
      url: '/a/file.txt',
      status: 200,
      length: 10,
      http2: { stream_id: 1, request: {}, response: {} },
    });
    expect(record!.http.response_headers[0]).toEqual({ name: ':status', value: '200' });
  });

  it('have the status of the final response', () => {
    const feed = fed(
      [preface, headers(1, GET, true)],
      [headers(1, { ':status': '103' }), headers(1, ANSWER, true)],
    );
    const [record] = feed.records.filter(each => each.http.http2.stream_id === 1);
    expect(record!.http.status).toBe(200);
  });

  it('have files', () => {
    const files = fed(...exchange()).files.map(({ file }) => [file.nameText, file.size, file.state]);
    expect(files).toEqual([
      ['/a/file.txt', 6, 'closed'],
      ['/a/file.txt', 11, 'closed'],
    ]);
  });

  it('are the same with any segmentation', () => {
    const [client, server] = exchange();
    const whole = fed(client, server).records;
    for (const length of [1, 2, 7, 30]) {
      const feed = new Feed([http2])
        .pieces(true, Buffer.concat(client), () => length)
        .pieces(false, Buffer.concat(server), () => length);
      expect(feed.close(true).close(false).end().records).toEqual(whole);
    }
  });

  it('may have a header in several frames, up to a limit', () => {
    const fields = block(GET);
    const split = [frame(1, 1, 1, fields.subarray(0, 20)), frame(9, 4, 1, fields.subarray(20))];
    expect(buffer(fed([preface, ...split], []), 1, 'http.user_agent', true)).toBe('tester');
    const config = { 'app-layer': { protocols: { http2: { 'max-reassembly-size': 30 } } } };
    expect(fed([preface, ...split], [], { config }).events).toContain('reassembly_limit_reached');
  });

  it('end with RST_STREAM', () => {
    const feed = fed([preface, headers(1, GET)], [frame(3, 0, 1, Buffer.from([0, 0, 0, 2]))]);
    expect(feed.records[0]!.http.http2.response).toEqual({ error_code: 'INTERNALERROR' });
  });

  it('are limited', () => {
    const config = { 'app-layer': { protocols: { http2: { 'max-streams': 2 } } } };
    const many = [1, 3, 5, 7].map(stream => headers(stream, GET));
    const { events } = fed([preface, ...many], [], { config });
    expect(events.filter(event => event === 'too_many_streams')).toHaveLength(2);
  });

  it('are limited by ending the oldest: streams that are only named do not hide those that follow', () => {
    const config = { 'app-layer': { protocols: { http2: { 'max-streams': 3 } } } };
    const named = [1, 3, 5, 7, 9].map(stream => frame(PRIORITY, 0, stream, Buffer.from([0, 0, 0, 0, 16])));
    const feed = fed([preface, ...named, headers(11, GET, true)], [headers(11, ANSWER, true)], { config });
    expect(buffer(feed, 11, 'http.user_agent', true)).toBe('tester');
    expect(feed.transactions.filter(each => (each as { stream?: number }).stream === 1)).toHaveLength(1);
  });
});

describe('a connection', () => {
  it('logs settings and other frames as transactions of their own', () => {
    const settings = frame(4, 0, 0, Buffer.from([0, 3, 0, 0, 0, 100, 0, 2, 0, 0, 0, 0]));
    const feed = fed([preface, settings], [settings, frame(4, 1, 0, Buffer.alloc(0))]);
    expect(feed.records.map(each => each.http.http2)).toEqual([
      expect.objectContaining({ stream_id: 0, response: {} }),
      expect.objectContaining({ stream_id: 0, request: {} }),
    ]);
    expect(feed.records[1]!.http.http2.response.settings).toEqual([
      { settings_id: 'SETTINGSMAXCONCURRENTSTREAMS', settings_value: 100 },
      { settings_id: 'SETTINGSENABLEPUSH', settings_value: 0 },
    ]);
  });

  it('may be upgraded from HTTP/1.1', () => {
    const request =
      'GET /first HTTP/1.1\r\nHost: example.org\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAIAAAAA\r\n\r\n';
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n';
    const server = [Buffer.from(answer), frame(4, 0, 0, Buffer.alloc(0)), headers(1, ANSWER, true)];
    const feed = new Feed([http, http2]).client(request).server(Buffer.concat(server)).client(preface);
    feed.close(true).close(false).end();
    expect(feed.records.map(each => each.http.url ?? 'settings')).toEqual(['/first', 'settings', '/first']);
    expect(feed.records[2]!.http).toMatchObject({ url: '/first', http2: { stream_id: 1 } });
  });

  it('assembles a file from ranges over HTTP/1.1 and HTTP/2', () => {
    const request = 'GET /f HTTP/1.1\r\nHost: example.org\r\n';
    const first = 'HTTP/1.1 206 P\r\nContent-Range: bytes 0-2/5\r\nContent-Length: 3\r\n\r\nabc';
    const last = [
      Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n'),
      frame(4, 0, 0, Buffer.alloc(0)),
      headers(1, { ':status': '206', 'content-range': 'bytes 3-4/5' }),
      data(1, 'de'),
    ];
    const feed = new Feed([http2, http]).client(`${request}\r\n`).server(first);
    feed.client(`${request}Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAIAAAAA\r\n\r\n`);
    feed.server(Buffer.concat(last)).client(preface).close(true).close(false).end();
    expect(feed.files.map(({ file }) => [file.range?.start, file.size])).toEqual([
      [0, 3],
      [3, 2],
      [undefined, 5],
    ]);
    const transaction = feed.files.at(-1)!.transaction as Http2Transaction;
    const fileData = http2.buffers.find(({ keyword }) => keyword === 'file.data')!;
    const contents = [0, 1, 2].map(index => fileData.get(transaction, false, index));
    expect(contents.map(bytes => bytes && Buffer.from(bytes).toString())).toEqual(['de', 'abcde', undefined]);
    expect(http2.bodyLength!(transaction, false)).toBe(5);
  });

  it.each([
    ['an unknown beginning', [Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')], 'invalid_client_magic'],
    ['settings with a wrong length', [preface, frame(4, 0, 0, Buffer.alloc(5))], 'invalid_frame_length'],
    ['data without a stream', [preface, data(0, 'x')], 'data_stream_zero'],
    ['more padding than content', [preface, frame(1, 0xc, 1, Buffer.from([9, 1]))], 'invalid_frame_data'],
    [
      'another host than the authority',
      [preface, headers(1, { ...GET, host: 'x' })],
      'authority_host_mismatch',
    ],
  ])('reports %s', (_, client, event) => {
    expect(fed(client, []).events).toContain(event);
  });

  it('gives the numbers in its frames to rules', () => {
    const goAway = frame(7, 0, 0, Buffer.from([0, 0, 0, 9, 0, 0, 0, 11]));
    const window = frame(8, 0, 0, Buffer.from([0x80, 0, 0, 100]));
    const weight = frame(2, 0, 3, Buffer.from([0, 0, 0, 0, 200]));
    const reset = frame(3, 0, 5, Buffer.from([0, 0, 0, 8]));
    const short = [7, 8, 2, 3].map(type => frame(type, 0, 7 + 2 * type, Buffer.alloc(3)));
    const feed = fed([preface, goAway, window, weight, reset, ...short], []);
    const values = (keyword: string) => {
      const { get } = http2.values.find(each => each.keyword === keyword)!;
      return feed.transactions.flatMap(transaction => get(transaction as never, true));
    };
    expect(values('http2.errorcode')).toEqual([11, 8]);
    expect(values('http2.window')).toEqual([100]);
    expect(values('http2.priority')).toEqual([200]);
    expect(feed.events.filter(event => event === 'invalid_frame_length')).toHaveLength(4);
  });

  it('reads headers with padding, a priority, and a promised stream before them', () => {
    const padded = frame(1, 0x0c, 1, Buffer.concat([Buffer.from([2]), block(GET), Buffer.alloc(2)]));
    const weighted = frame(1, 0x24, 3, Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), block(GET)]));
    const promised = frame(5, 4, 1, Buffer.concat([Buffer.from([0x80, 0, 0, 2]), block(GET)]));
    const feed = fed([preface, padded, weighted], [promised]);
    for (const stream of [1, 2, 3]) expect(buffer(feed, stream, 'http.user_agent', true)).toBe('tester');
  });

  it.each([
    ['continuations of another stream', [frame(1, 0, 1, block({ a: 'b' })), frame(9, 4, 3, block(GET))]],
    ['continuations of nothing', [frame(9, 4, 1, block(GET))]],
    ['headers of no stream', [frame(1, 4, 0, block(GET))]],
  ])('reports %s', (_, sent) => {
    expect(fed([preface, ...sent], []).events).toContain('invalid_frame_data');
  });

  it('passes over frames that are too long, and reports them', () => {
    const long = frame(1, 4, 1, Buffer.alloc((1 << 18) + 1));
    const feed = fed([preface, long, headers(3, GET)], []);
    expect(feed.events).toContain('long_frame_data');
    expect(buffer(feed, 3, 'http.user_agent', true)).toBe('tester');
  });

  it('inspects each header block of a message once', () => {
    const looked = vi.spyOn(Message.prototype, 'value');
    const blocks = Array.from({ length: 4000 }, () => headers(1, { ':authority': 'a' }));
    const feed = new Feed([http, http2]).client(Buffer.concat([preface, ...blocks, headers(1, { x: 'y' })]));
    expect(feed.transactions.length).toBe(2);
    expect(looked.mock.calls.length).toBeLessThan(10);
    looked.mockRestore();
  });

  it('gives up at a frame header with the reserved bit', () => {
    const wrong = frame(4, 0, 0x80000000, new Uint8Array(0));
    const feed = fed([preface, wrong, frame(1, 5, 1, new Uint8Array(0))], []);
    expect(feed.events).toContain('invalid_frame_header');
    expect(feed.thread.counters.read('app_layer.error.http2.parser')).toBe(1);
  });

  it('never fails on other data', () => {
    const random = randomNumbers(7);
    for (let round = 0; round < 300; round++) {
      const noise = Uint8Array.from({ length: 200 }, () => random(256));
      const shaped = Buffer.concat(
        Array.from({ length: 8 }, (_, i) =>
          frame(random(11), random(256), random(4), noise.subarray(i, random(60))),
        ),
      );
      const feed = fed([preface, shaped, noise], [shaped, noise]);
      expect(feed.updates.every(({ progress }) => progress < PROGRESS_TO_CLIENT.length)).toBe(true);
      expect(feed.thread.counters.read('app_layer.error.http2.internal')).toBe(0);
    }
  });
});
