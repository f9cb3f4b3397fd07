import { describe, expect, it } from 'vitest';
import * as Flow from '../../../engine/flow/flow-record.js';
import doh2 from '../../../modules/app/doh2.js';
import http2 from '../../../modules/app/http2.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { request, response } from '../dns/message-builder.js';
import { data, GET, headers, preface } from '../http2/frame-builder.js';

const TYPE = { 'content-type': 'application/dns-message' };
const POST = { ...GET, ':method': 'POST', ':path': '/dns-query', ...TYPE };
const answered = (stream: number) =>
  Buffer.concat([headers(stream, { ':status': '200', ...TYPE }), data(stream, response('www.example.org'))]);

function fed(client: Uint8Array[], server: Uint8Array[], options: FeedOptions = {}): Feed {
  return new Feed([http2, doh2], options).client(Buffer.concat(client)).server(Buffer.concat(server)).end();
}

const names = (feed: Feed, keyword: string, toServer: boolean) => {
  const buffer = doh2.buffers.find(each => each.keyword === keyword)!;
  return feed.transactions.map(transaction => {
    const name = buffer.get(transaction as never, toServer, 0);
    return name && Buffer.from(name).toString('latin1');
  });
};

describe('doh2', () => {
  it('is detected as HTTP/2 with DNS in bodies', () => {
    const feed = fed([preface, headers(1, POST), data(1, request('www.example.org'))], [answered(1)]);
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(2);
    expect(feed.flow(Flow.APP_PROTOCOL_ORIGINAL)).toBe(1);
    expect(feed.records.filter(record => record.http).length).toBe(1);
    expect(feed.records.flatMap(record => record.dns ?? [])).toEqual([
      expect.objectContaining({ type: 'response', queries: [{ rrname: 'www.example.org', rrtype: 'A' }] }),
    ]);
    expect(names(feed, 'dns.query', true)).toEqual([undefined, 'www.example.org']);
    expect(names(feed, 'dns.answers.rrname', false)).toEqual([undefined, 'www.example.org']);
  });

  it('reports bodies that are too long for a message', () => {
    const frames = Array.from({ length: 5 }, (_, i) => data(1, new Uint8Array(16_384), i === 4));
    const feed = fed([preface, headers(1, POST), ...frames], []);
    expect(feed.events).toContain('dns_request_too_long');
    expect(feed.records.flatMap(record => record.dns ?? [])).toEqual([]);
  });

  it('parses DNS in the path', () => {
    const dns = Buffer.from(request('a.example')).toString('base64url');
    const fields = { ...GET, ':path': `/dns-query?dns=${dns}`, accept: 'application/dns-message' };
    const feed = fed([preface, headers(1, fields, true)], []);
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(2);
    expect(names(feed, 'dns.query', true)).toEqual([undefined, 'a.example']);
    expect(feed.records.flatMap(record => record.dns ?? [])[0]).toMatchObject({ type: 'request' });
  });

  it('distinguishes transactions with and without names', () => {
    const feed = fed([preface, headers(1, POST), data(1, request('a')), headers(3, GET, true)], []);
    const buffer = doh2.buffers.find(each => each.keyword === 'dns.additionals.rrname')!;
    expect(feed.transactions.map(each => buffer.applies!(each as never, true))).toEqual([false, true, false]);
  });

  it('is not detected for similar requests, nor if disabled', () => {
    const feed = fed([preface, headers(1, { ...GET, ':path': '/?dns=AAAA' }, true)], []);
    expect(feed.flow(Flow.APP_PROTOCOL)).toBe(1);
    const config = { 'app-layer': { protocols: { doh2: { enabled: 'no' } } } };
    const off = fed([preface, headers(1, POST), data(1, request('a'))], [], { config });
    expect(off.flow(Flow.APP_PROTOCOL)).toBe(1);
  });

  it('tolerates bodies that are not DNS', () => {
    const feed = fed([preface, headers(1, POST), data(1, 'no')], []);
    expect(names(feed, 'dns.query', true)).toEqual([undefined, undefined]);
  });
});
