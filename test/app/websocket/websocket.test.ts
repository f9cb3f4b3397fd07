import { constants, createDeflateRaw } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import http from '../../../modules/app/http.js';
import { TESTS } from '../../../modules/app/websocket/keywords.js';
import websocket from '../../../modules/app/websocket.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { keywordMatches } from '../rule-keyword.js';
import { frame, UPGRADE_REQUEST, UPGRADE_RESPONSE } from './frame-builder.js';

const feed = (options: FeedOptions = {}): Feed =>
  new Feed([http, websocket], options).client(UPGRADE_REQUEST).server(UPGRADE_RESPONSE);
const recordsOf = (fed: Feed) => fed.end().records.flatMap(record => record.websocket ?? []);
const payloads = (fed: Feed) => {
  const [buffer] = websocket.buffers;
  return [...new Set(fed.end().updates.filter(each => each.session.protocol === websocket))]
    .flatMap(({ transaction, toServer }) => buffer!.get(transaction as never, toServer, 0) ?? [])
    .map(each => Buffer.from(each).toString('latin1'));
};

/** Messages compressed by permessage-deflate, each referring to earlier ones. */
async function deflated(...messages: string[]): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const parts: Buffer[] = [];
  for (const message of messages) {
    const chunks: Buffer[] = [];
    deflate.on('data', chunk => chunks.push(chunk));
    deflate.write(message);
    await new Promise<void>(done => deflate.flush(constants.Z_SYNC_FLUSH, done));
    deflate.removeAllListeners('data');
    parts.push(Buffer.concat(chunks).subarray(0, -4));
  }
  return parts;
}

describe('websocket', () => {
  it('begins behind an upgrade of HTTP and logs frames', () => {
    const fed = feed()
      .client(frame(0x81, 'hello', 0x01020304))
      .server(frame(0x82, 'there'))
      .server(frame(0x8a, ''));
    expect(recordsOf(fed)).toEqual([
      { fin: true, mask: 0x01020304, opcode: 'text' },
      { fin: true, opcode: 'binary' },
      { fin: true, opcode: 'pong' },
    ]);
  });

  it('unmasks payloads and assembles messages, with control frames in between', () => {
    const fed = feed()
      .client(frame(0x01, 'one ', 7))
      .client(frame(0x89, 'ping', 7))
      .client(frame(0x80, 'two', 9));
    expect(payloads(fed)).toEqual(['one ', 'ping', 'one two']);
  });

  it('decompresses messages that refer to earlier ones', async () => {
    const [a, b] = await deflated('tomorrow and tomorrow', 'and tomorrow and tomorrow');
    const fed = feed()
      .server(frame(0xc1, a!))
      .server(frame(0x41, b!.subarray(0, 3)))
      .server(frame(0x80, b!.subarray(3)));
    expect(payloads(fed).filter(text => text.includes('tomorrow'))).toEqual([
      'tomorrow and tomorrow',
      'and tomorrow and tomorrow',
    ]);
  });

  it('decompresses data behind an empty first frame', async () => {
    const [a] = await deflated('tomorrow and tomorrow');
    const fed = feed().server(frame(0x41, '')).server(frame(0x80, a!));
    expect(payloads(fed)).toContain('tomorrow and tomorrow');
  });

  it('keeps payloads up to a limit', async () => {
    const config = { 'app-layer': { protocols: { websocket: { 'max-payload-size': 100 } } } };
    const fed = feed({ config })
      .client(frame(0x81, 'x'.repeat(70_000), 1))
      .client(frame(0x81, 'next', 1));
    expect(payloads(fed).map(each => each.length)).toEqual([100, 4]);
    expect(fed.events).toEqual(['skip_end_of_payload']);
    const [bomb] = await deflated('0'.repeat(100_000));
    expect(
      payloads(feed({ config }).server(frame(0xc2, bomb!.subarray(0, 90)))).map(each => each.length),
    ).toEqual([100]);
  });

  it('logs the same with any segmentation', () => {
    const stream = Buffer.concat([frame(0x81, 'a'.repeat(300), 5), frame(0x82, 'b', 5)]);
    expect(recordsOf(feed().pieces(true, stream, () => 1))).toEqual(recordsOf(feed().client(stream)));
  });

  it('compares flags', () => {
    const test = TESTS[0]!;
    const fed = feed().client(frame(0x81, 'x'));
    const transaction = fed.transactions.at(-1) as never;
    const matches = (argument: string) => keywordMatches(test, argument, transaction, true);
    expect(
      ['fin', 'fin,!comp', '!fin', 'comp', '128', '>64', '&0x40=0x40', '&0x40!=0x40'].map(matches),
    ).toEqual([true, true, false, false, true, true, false, true]);
    expect(() => test.parse('fun')).toThrow('"fun" is not a flag');
  });

  it('has the payload in alerts if the output wants it', () => {
    const config = { outputs: [{ 'eve-log': { types: [{ alert: { 'websocket-payload': true } }] } }] };
    const fed = feed({ config } as never).client(frame(0x81, 'hello', 1));
    const update = fed.end().updates.find(each => each.session.protocol === websocket)!;
    const record = JSON.parse(`{${websocket.record(update.transaction as never, true)}}`);
    expect(record.websocket).toMatchObject({ opcode: 'text', payload_base64: 'aGVsbG8=' });
    expect(record.websocket).not.toHaveProperty('payload_printable');
  });

  it('logs payloads as text once if configured', () => {
    const types = [
      { websocket: { 'payload-printable': true } },
      { alert: { 'websocket-payload-printable': true } },
    ];
    const config = { outputs: [{ 'eve-log': { types } }] };
    const fed = feed({ config } as never).client(frame(0x81, Buffer.from('grün\n').toString('latin1'), 1));
    expect(fed.end().records[0]!.websocket.payload_printable).toBe('grün\n');
  });
});
