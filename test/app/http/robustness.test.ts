/** Hostile traffic: time is linear, memory bounded, and the right event is raised. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { HttpTransaction } from '../../../modules/app/http/transaction.js';
import http from '../../../modules/app/http.js';
import { Feed } from '../../application/feed.js';
import { exchange, libhtp } from './exchange.js';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('http with hostile traffic', () => {
  it('parses a large body byte by byte in linear time', () => {
    const body = Buffer.alloc(200_000, 'x');
    const feed = new Feed([http])
      .client(GET)
      .server(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    feed.pieces(false, body, () => 1);
    feed.end();
    expect(feed.records.length).toBe(1);
    // Not one update per byte: the body is shown when enough of it has arrived.
    expect(feed.updates.length).toBeLessThan(50);
    const { response } = feed.transactions[0] as HttpTransaction;
    expect(response.body!.store.length).toBe(100 << 10);
    expect(response.body!.wireLength).toBe(200_000);
  });

  it('gives up at a header line of a megabyte', () => {
    const feed = new Feed([http]).client(`GET / HTTP/1.1\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n`).end();
    expect(feed.events).toEqual(['REQUEST_FIELD_TOO_LONG']);
    const answered = exchange(GET, `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n`);
    expect(answered.events).toEqual(['RESPONSE_FIELD_TOO_LONG']);
  });

  it.each([
    ['a chunk without a length', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 1],
    [
      'byte A0, no blank,',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\xa0\r\n\r\n0\r\n\r\n',
      1,
    ],
    ['an invalid length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 1],
    ['a field that is too long', `GET / HTTP/1.1\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n`, 1],
    ['an unknown method', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 0],
  ])('counts %s as an error of the parser, or not', (_, sent, errors) => {
    const feed = new Feed([http]).client(GET).client(sent).end();
    expect(feed.thread.counters.read('app_layer.error.http.parser')).toBe(errors);
    expect(feed.records).toHaveLength(2);
  });

  it.each(['X: y\r\n', ' folded\r\n'])('keeps at most a megabyte of an endless header: %j', line => {
    const feed = new Feed([http]).client('GET / HTTP/1.1\r\nHost: a\r\n');
    for (let i = 0; i < 40; i++) feed.client(line.repeat(8000));
    feed.client('\r\n');
    const { headers } = (feed.transactions[0] as HttpTransaction).request;
    expect(headers!.rawBytes.length).toBeLessThanOrEqual((1 << 20) + 2);
    expect(headers!.value('host')!.length).toBeLessThanOrEqual(1 << 20);
    expect(feed.end().events).toContain('REQUEST_TOO_MANY_HEADERS');
  });

  it('keeps as much of a header as header-size-limit allows', () => {
    const config = libhtp({ 'header-size-limit': 20 });
    const feed = exchange('GET / HTTP/1.1\r\nHost: a\r\nX: 34567\r\nY: 1\r\n\r\n', '', config);
    const { headers } = (feed.transactions[0] as HttpTransaction).request;
    expect(headers!.fields.map(({ name }) => Buffer.from(name).toString())).toEqual(['Host', 'X']);
    expect(feed.events).toEqual(['REQUEST_TOO_MANY_HEADERS']);
  });

  it('parses a limited number of header fields, and raises an event', () => {
    const fields = Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${i}\r\n`).join('');
    const feed = exchange(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`, '');
    expect(feed.events).toEqual(['REQUEST_TOO_MANY_HEADERS']);
    expect((feed.transactions[0] as HttpTransaction).request.headers!.fields.length).toBe(1024);
  });

  it('joins a limited number of values of one field', () => {
    const fields = 'X: aaaaaaaaaa\r\n'.repeat(20_000);
    const feed = exchange(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`, '');
    expect(feed.events).toEqual(['REQUEST_HEADER_REPETITION', 'REQUEST_TOO_MANY_HEADERS']);
    expect((feed.transactions[0] as HttpTransaction).request.headers!.value('x')!.length).toBe(65 * 12 - 2);
  });

  it('parses 100,000 pipelined requests with their responses', () => {
    const feed = new Feed([http]);
    for (let i = 0; i < 1000; i++) {
      feed.client(GET.repeat(100)).server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'.repeat(100));
      feed.updates.length = 0;
      feed.files.length = 0;
    }
    feed.end();
    expect(feed.records.length).toBe(100_000);
  });

  it('gives up a connection with too many unanswered requests', () => {
    const feed = new Feed([http]);
    for (let i = 0; i < 100; i++) feed.client(GET.repeat(100));
    expect(feed.application.sessionOf(0)!.transactions.length).toBe(512);
    feed.end();
    expect(feed.records.length).toBe(512);
  });

  it('raises at most 512 events, and then one for all others', () => {
    const feed = new Feed([http]);
    for (let i = 0; i < 600; i++)
      feed.client('GET / HTTP/1.1\r\n\r\n').server('HTTP/1.1 204 No Content\r\n\r\n');
    expect(feed.end().events).toEqual([...Array(512).fill('MISSING_HOST_HEADER'), 'TOO_MANY_WARNINGS']);
  });

  it('parses an endless response, line by line', () => {
    const feed = new Feed([http]).client(GET);
    for (let i = 0; i < 2000; i++) feed.server('HTTP/1.1 100 Continue\r\n\r\n');
    expect(feed.application.sessionOf(0)!.transactions.length).toBeLessThan(2);
  });

  it('detects a decompression bomb', () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const feed = exchange(GET, Buffer.concat([Buffer.from(head), bomb]));
    expect(feed.events).toEqual(['COMPRESSION_BOMB']);
    expect((feed.transactions[0] as HttpTransaction).response.body!.store.length).toBe(100 << 10);
  });

  it('decodes no more layers than configured', () => {
    const body = gzipSync(gzipSync(gzipSync('hello')));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
    const feed = exchange(GET, Buffer.concat([Buffer.from(head), body]));
    expect(feed.events).toEqual(['TOO_MANY_ENCODING_LAYERS']);
  });

  it('keeps no more of bodies than the memcap', () => {
    const config = { 'app-layer': { protocols: { http: { memcap: 10_000, libhtp: {} } } } };
    const feed = exchange(
      GET,
      `HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50000)}`,
      config,
    );
    expect((feed.transactions[0] as HttpTransaction).response.body!.store.length).toBe(0);
  });

  it('tracks a body without limit if there is none', () => {
    const config = libhtp({ 'response-body-limit': 0 });
    const feed = exchange(
      GET,
      `HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(300000)}`,
      config,
    );
    expect((feed.transactions[0] as HttpTransaction).response.body!.store.length).toBe(300_000);
  });

  it('parses no more parts of a form than the limit', () => {
    const part = '--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n\r\n';
    const body = part.repeat(5000);
    const feed = new Feed([http]);
    feed.client(
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    feed.end();
    expect(feed.files.length).toBe(1024);
  });
});
