import { describe, expect, it } from 'vitest';
import dns from '../../modules/app/dns.js';
import http from '../../modules/app/http.js';
import tls from '../../modules/app/tls.js';
import { Feed } from '../application/feed.js';

const REQUEST = 'GET /1 HTTP/1.0\r\n\r\n';
const RESPONSE = 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nHello';
const OUTPUTS = { outputs: [{ 'eve-log': { types: ['frame'] } }] };

/** Two requests and their responses, in pieces of this size. */
function exchange(size: number): Feed {
  const next = () => size;
  return new Feed([http], { config: OUTPUTS })
    .pieces(true, REQUEST.repeat(2), next)
    .pieces(false, RESPONSE.repeat(2), next)
    .end();
}

describe('frames', () => {
  it.each([1, 2, 7, 1000])('are the same however the stream is segmented: %i', size => {
    const shown = exchange(size).frameRecords.map(
      ({ type, id, direction, stream_offset, length, complete, payload_printable, tx_id }) => [
        type,
        id,
        direction,
        stream_offset,
        length,
        complete,
        payload_printable,
        tx_id,
      ],
    );
    expect(shown).toEqual([
      ['request', 2, 'toserver', 0, 19, true, REQUEST, 0],
      ['request', 3, 'toserver', 19, 19, true, REQUEST, 1],
      ['response', 2, 'toclient', 0, 43, true, RESPONSE, 0],
      ['response', 3, 'toclient', 43, 43, true, RESPONSE, 1],
    ]);
  });

  it('report gaps', () => {
    const head = 'HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\n';
    const feed = new Feed([http], { config: OUTPUTS }).client(REQUEST).server(`${head}abc`).gap(false, 4);
    feed.server('hij').end();
    expect(feed.frameRecords.at(-1)).toMatchObject({
      type: 'response',
      length: head.length + 10,
      complete: true,
      payload_printable: `${head}abc[4 bytes missing]hij`,
    });
  });

  it('join adjacent gaps, and report none behind the bytes that are kept', () => {
    const config = { 'app-layer': { 'frame-limit': '60' } };
    const head = 'HTTP/1.0 200 OK\r\nContent-Length: 1000\r\n\r\n';
    const feed = new Feed([http], { config });
    feed.application.useFrames(new Set(['http1.response']));
    feed
      .client(REQUEST)
      .server(`${head}abc`)
      .gap(false, 4)
      .gap(false, 5)
      .server('x'.repeat(100))
      .gap(false, 6);
    const frame = [...feed.server('y').end().frames].find(({ type }) => type === 'response')!;
    expect(frame.gaps).toEqual([{ at: head.length + 3, missing: 9 }]);
    expect([frame.bytes.length, frame.received]).toEqual([60, head.length + 3 + 9 + 100 + 6 + 1]);
  });

  it('are incomplete if the stream ends before them', () => {
    const feed = new Feed([tls], { config: OUTPUTS, serverPort: 443 });
    feed.client('\x16\x03\x01\0\x20\x01\0\0').end();
    expect(feed.frameRecords.map(({ type, length, complete }) => [type, length, complete])).toEqual([
      ['hdr', 5, true],
      ['pdu', 37, false],
      ['data', 32, false],
    ]);
  });

  it('are complete however many begin in one segment', () => {
    const first = '\x16\x03\x01\0\x04\x0e\0\0\0';
    const feed = new Feed([tls], { serverPort: 443 });
    feed.application.useFrames(new Set(['tls.pdu']));
    feed.client(Buffer.from(first + '\x17\x03\x03\0\0'.repeat(10_000), 'latin1'));
    const pdus = [...feed.frames].filter(({ type }) => type === 'pdu');
    expect([pdus.length, pdus.every(({ isComplete }) => isComplete)]).toEqual([10_001, true]);
    expect(Buffer.from(pdus[0]!.bytes.view()).toString('latin1')).toBe(first);
  });

  it('of datagrams have no stream offset', () => {
    const query = '\0\x01\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01';
    const feed = new Feed([dns], { config: OUTPUTS, serverPort: 53, transport: 'udp' }).client(query).end();
    expect(feed.frameRecords).toHaveLength(1);
    expect(feed.frameRecords[0]).toMatchObject({ type: 'pdu', id: 1, length: query.length, complete: true });
    expect(feed.frameRecords[0]).not.toHaveProperty('stream_offset');
  });

  it('show as many bytes as each output wants', () => {
    const types = (size: string) => ({ 'eve-log': { types: [{ frame: { 'payload-buffer-size': size } }] } });
    const feed = new Feed([http], { config: { outputs: [types('4'), types('1kb')] } }).client(REQUEST).end();
    expect(feed.frameRecords.map(({ payload_printable }) => payload_printable)).toEqual(['GET ', REQUEST]);
  });
});
