import { describe, expect, it } from 'vitest';
import http from '../../../modules/app/http.js';
import sip from '../../../modules/app/sip.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { INVITE, SDP, TRYING } from './message-builder.js';

const fed = (options: FeedOptions = {}) =>
  new Feed([sip], { serverPort: 5060, transport: 'udp', ...options });
const value = (feed: Feed, keyword: string, index = 0, toServer = true) => {
  const bytes = sip.buffers
    .find(each => each.keyword === keyword)!
    .get(feed.transactions[0] as never, toServer, index);
  return bytes && Buffer.from(bytes).toString('latin1');
};

describe('sip', () => {
  it('is detected from methods of HTTP, too', () => {
    const asked = (line: string) => {
      const feed = new Feed([http, sip], { transport: 'tcp' }).client(`${line}\r\nHost: a\r\n\r\n`).end();
      return feed.records.map(each => Object.keys(each)[0]);
    };
    expect(asked('OPTIONS sip:bob@example.org SIP/2.0')).toEqual(['sip']);
    expect(asked('OPTIONS * HTTP/1.1')).toEqual(['http']);
  });

  it('is detected with any bytes in its URI and fields', () => {
    const feed = fed().client('INVITE sip:citt\xc3\xa0@x SIP/2.0\r\nFrom: \t citt\xc3\xa0 \r\n\r\n');
    expect(value(feed, 'sip.uri')).toBe('sip:citt\xc3\xa0@x');
    expect(value(feed, 'sip.from')).toBe('citt\xc3\xa0');
  });

  it('logs messages with their session descriptions', () => {
    const feed = fed().client(INVITE).server(TRYING).end();
    expect(feed.records).toEqual([
      {
        sip: {
          method: 'INVITE',
          uri: 'sip:bob@example.org',
          version: 'SIP/2.0',
          request_line: 'INVITE sip:bob@example.org SIP/2.0',
          sdp: {
            version: 0,
            origin: 'alice 1 2 IN IP4 192.0.2.1',
            session_name: 'call',
            connection_data: 'IN IP4 192.0.2.1',
            time_descriptions: [{ time: '0 0', repeat_time: '7d 1h 0' }],
            attributes: ['tool:x'],
            media_descriptions: [
              {
                media: 'audio 4000 RTP/AVP 0',
                media_info: 'voice',
                bandwidths: ['AS:64'],
                attributes: ['sendrecv'],
              },
              { media: 'video 4002 RTP/AVP 31' },
            ],
          },
        },
      },
      { sip: { version: 'SIP/2.0', code: '100', reason: 'Trying', response_line: 'SIP/2.0 100 Trying' } },
    ]);
  });

  it('gives header fields by either name, and the parts of the session description', () => {
    const feed = fed().client(INVITE).end();
    expect(value(feed, 'sip.via', 1)).toBe('SIP/2.0/UDP 192.0.2.3;branch=2');
    expect(value(feed, 'sip.from')).toBe('<sip:alice@example.org>');
    expect(value(feed, 'sip.content_type')).toBe('application/sdp');
    expect(value(feed, 'sdp.media.media', 1)).toBe('video 4002 RTP/AVP 31');
    expect(value(feed, 'sdp.media.media_info')).toBe('voice');
    expect(value(feed, 'sdp.repeat_time')).toBe('7d 1h 0');
    expect([0, 1, 2].map(index => value(feed, 'sdp.attribute', index))).toEqual([
      'tool:x',
      'sendrecv',
      undefined,
    ]);
    expect(value(feed, 'sdp.media.connection_data')).toBeUndefined();
    expect(value(feed, 'sdp.time')).toBe('0 0');
    expect(value(feed, 'sdp.timezone')).toBeUndefined();
    expect(value(feed, 'sip.stat_code')).toBeUndefined();
  });

  it('parses streams the same with any segmentation', () => {
    const stream = `\r\n\r\n${INVITE}${INVITE}`;
    const whole = fed({ transport: 'tcp' }).client(stream).server(TRYING).end();
    const cut = fed({ transport: 'tcp' })
      .pieces(true, stream, () => 1)
      .pieces(false, TRYING, () => 1)
      .end();
    expect(whole.records.length).toBe(3);
    expect(cut.records).toEqual(whole.records);
  });

  it('has frames', () => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const feed = fed({ transport: 'tcp', config }).client(INVITE).server(TRYING).end();
    const frames = [...feed.frames].filter(({ type }) => type !== 'stream');
    expect(frames.map(({ type, length }) => [type, length])).toEqual([
      ['pdu', INVITE.length],
      ['request.line', 36],
      ['request.headers', INVITE.length - 38 - SDP.length],
      ['request.body', SDP.length],
      ['pdu', TRYING.length],
      ['response.line', 20],
      ['response.headers', 19],
    ]);
  });

  it.each([
    ['a request of the server', INVITE, INVITE, 'invalid_data'],
    ['an invalid message', INVITE, 'hello\r\n\r\n', 'invalid_data'],
    ['a message without an end', INVITE, 'SIP/2.0 200 OK\r\n', 'incomplete_data'],
  ])('reports %s, and continues', (_, client, server, event) => {
    const feed = fed().client(client).server(server).server(TRYING).end();
    expect(feed.events).toEqual([event]);
    expect(feed.records.length).toBe(2);
  });

  it('does not buffer heads without an end', () => {
    const feed = fed({ transport: 'tcp' }).client('INVITE sip:x SIP/2.0\r\n');
    for (let i = 0; i < 80; i++) feed.client(`x: ${'y'.repeat(1000)}\r\n`);
    expect(feed.end().events).toEqual(['incomplete_data']);
  });

  it.each(['NOTIFY * HTTP/1.1\r\nHost: x\r\n\r\n', 'INVITE', '\r\n\r\n'])('does not detect %j', text => {
    expect(fed().client(text).end().records).toEqual([]);
  });
});
