import { describe, expect, it } from 'vitest';
import rfb from '../../../modules/app/rfb.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import {
  CHALLENGE,
  RESPONSE,
  result,
  SERVER_INIT,
  text,
  VERSION,
  VNC,
  version8,
  WHOLE,
} from './message-builder.js';

/** Messages in turn; the server begins. */
function talked(messages: readonly Buffer[], options: FeedOptions = {}): Feed {
  const feed = new Feed([rfb], { serverPort: 5900, ...options });
  messages.forEach((message, i) => {
    if (i % 2 === 0) feed.server(message);
    else feed.client(message);
  });
  return feed.end();
}

describe('rfb', () => {
  it('logs the handshake', () => {
    expect(talked(WHOLE).records).toEqual([
      {
        rfb: {
          server_protocol_version: { major: '003', minor: '008' },
          client_protocol_version: { major: '003', minor: '008' },
          authentication: {
            security_type: 2,
            vnc: { challenge: CHALLENGE.toString('hex'), response: RESPONSE.toString('hex') },
            security_result: 'OK',
          },
          screen_shared: true,
          framebuffer: {
            width: 1280,
            height: 800,
            name: 'me\\xa0x',
            pixel_format: {
              bits_per_pixel: 32,
              depth: 24,
              big_endian: false,
              true_color: true,
              red_max: 255,
              green_max: 255,
              blue_max: 255,
              red_shift: 16,
              green_shift: 8,
              blue_shift: 0,
            },
          },
        },
      },
    ]);
  });

  it.each([
    [
      '3.3',
      [VERSION(3), VERSION(3), Buffer.concat([result(2), CHALLENGE]), RESPONSE, result(0), Buffer.from([0])],
      2,
    ],
    [
      '3.3 chosen by the client',
      [VERSION(8), VERSION(3), Buffer.concat([result(2), CHALLENGE]), RESPONSE, result(0), Buffer.from([0])],
      2,
    ],
    ['3.7 without security', [VERSION(7), VERSION(7), Buffer.from([1, 1]), Buffer.from([1, 0])], 1],
  ])('parses version %s', (_, messages, type) => {
    const { rfb: record } = talked([...messages, SERVER_INIT]).records[0]!;
    expect([record.authentication.security_type, record.screen_shared, record.framebuffer.width]).toEqual([
      type,
      false,
      1280,
    ]);
  });

  it('logs why a server refuses', () => {
    const reason = Buffer.concat([result(1), result(4), text('nope')]);
    const feed = talked(version8([...VNC, reason]));
    expect(feed.records[0]!.rfb.authentication.security_result).toBe('FAIL');
    expect(feed.records[0]!.rfb.server_security_failure_reason).toBe('nope');
    const outcome = rfb.values.find(({ keyword }) => keyword === 'rfb.secresult')!;
    expect(outcome.get(feed.transactions[0] as never, false)).toEqual([outcome.names!.fail]);
  });

  it('logs the same with any segmentation', () => {
    const feed = new Feed([rfb], { serverPort: 5900 });
    WHOLE.forEach((message, i) => {
      feed.pieces(i % 2 === 1, message, () => 1);
    });
    expect(feed.end().records).toEqual(talked(WHOLE).records);
  });

  it('has frames', () => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const frames = [...talked(WHOLE, { config }).frames].filter(({ type }) => type === 'pdu');
    expect(frames.map(({ length }) => length)).toEqual([12, 12, 3, 1, 16, 16, 4, 1, 28]);
  });

  it.each([
    ['an unknown security type', version8([Buffer.from([9]), text('x')]), 'unimplemented_security_type'],
    ['an unknown result', version8([...VNC, result(7)]), 'unknown_security_result'],
    [
      'a name that is too long',
      version8([...VNC, result(0), Buffer.from([1]), Buffer.alloc(24, 0xff)]),
      'malformed_message',
    ],
  ])('reports %s', (_, messages, event) => {
    const feed = talked(messages);
    expect(feed.events).toEqual([event]);
    const isError = event === 'malformed_message';
    expect(feed.thread.counters.read('app_layer.error.rfb.parser')).toBe(isError ? 1 : 0);
  });
});
