import { describe, expect, it } from 'vitest';
import { Fields, parseHeader } from '../../../modules/app/mqtt/control-packet.js';
import { parseBody } from '../../../modules/app/mqtt/message.js';
import mqtt from '../../../modules/app/mqtt.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { keywordMatches } from '../rule-keyword.js';

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.from([value.length >> 8, value.length & 255]), Buffer.from(value)]);

function message(first: number, ...parts: (Uint8Array | number[])[]): Buffer {
  const body = Buffer.concat(parts.map(part => Buffer.from(part)));
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

const CONNECT = message(
  0x10,
  text('MQTT'),
  [4, 0xc6, 0, 60],
  text('me'),
  text('will/t'),
  text('bye'),
  text('u'),
  text('p'),
);
const CONNACK = message(0x20, [0, 0]);
const CONNECT_5 = message(0x10, text('MQTT'), [5, 2, 0, 60, 3, 33, 0, 20], text('me'));
const CONNACK_5 = message(0x20, [1, 0, 3, 34, 0, 10]);
const SUBSCRIBE = message(0x82, [0, 7], text('a'), [1], text('b'), [0]);

function fed(client: Uint8Array[], server: Uint8Array[], options: FeedOptions = {}): Feed {
  return new Feed([mqtt], { serverPort: 1883, ...options })
    .client(client[0]!)
    .server(server[0] ?? Buffer.alloc(0))
    .client(Buffer.concat(client.slice(1)))
    .server(Buffer.concat(server.slice(1)))
    .end();
}

const recordsOf = (feed: Feed) => feed.records.map(record => record.mqtt);
const FLAGS = { qos: 0, retain: false, dup: false };

describe('mqtt', () => {
  it('logs messages with their replies', () => {
    const publish = message(0x34, text('topic'), [0, 9], Buffer.from('hello'));
    const feed = fed(
      [CONNECT, SUBSCRIBE, publish, message(0x62, [0, 9]), message(0xe0)],
      [CONNACK, message(0x90, [0, 7, 1, 0]), message(0x50, [0, 9]), message(0x70, [0, 9])],
    );
    expect(recordsOf(feed)).toEqual([
      {
        connect: {
          ...FLAGS,
          protocol_string: 'MQTT',
          protocol_version: 4,
          flags: { username: true, password: true, will: true, will_retain: false, clean_session: true },
          client_id: 'me',
          username: 'u',
          password: 'p',
          will: { topic: 'will/t', message: 'bye' },
        },
        connack: { ...FLAGS, session_present: false, return_code: 0 },
      },
      { disconnect: FLAGS },
      expect.objectContaining({ suback: { ...FLAGS, message_id: 7, qos_granted: [1, 0] } }),
      {
        publish: { ...FLAGS, qos: 2, topic: 'topic', message_id: 9, message: 'hello' },
        pubrel: { ...FLAGS, qos: 1, message_id: 9 },
        pubrec: { ...FLAGS, message_id: 9 },
        pubcomp: { ...FLAGS, message_id: 9 },
      },
    ]);
    expect(feed.events).toEqual([]);
  });

  it('logs strings as UTF-8 if valid, and other bytes as numbers', () => {
    const topic = Buffer.from('grün', 'latin1');
    const named = Buffer.concat([Buffer.from([0, topic.length]), topic]);
    const feed = fed([CONNECT, message(0x30, named, Buffer.from('rot\ngrün'))], [CONNACK]);
    expect(recordsOf(feed)[1].publish).toMatchObject({ topic: 'gr\\xfcn', message: 'rot\ngrün' });
  });

  it('logs properties of version 5', () => {
    const publish = message(0x30, text('t'), [4 + 5, 38, 0, 1, 97, 0, 1, 98, 1, 1], Buffer.from('x'));
    const [connection, published] = recordsOf(fed([CONNECT_5, publish], [CONNACK_5]));
    expect(connection.connect.properties).toEqual({ receive_maximum: 20 });
    expect(connection.connack).toEqual({
      ...FLAGS,
      session_present: true,
      return_code: 0,
      properties: { topic_alias_maximum: 10 },
    });
    expect(published.publish.properties).toEqual({ a: 'b', payload_format_indicator: 1 });
  });

  it('logs each user property (MQTT 5.0 3.3.2.3.7), and of equal names the last', () => {
    const pairs = ['a', 'b', 'c', 'd', 'a', 'e'].map(text);
    const users = Buffer.concat(
      [0, 2, 4].map(i => Buffer.concat([Buffer.from([38]), pairs[i]!, pairs[i + 1]!])),
    );
    const publish = message(0x30, text('t'), [users.length], users, Buffer.from('x'));
    const [, published] = recordsOf(fed([CONNECT_5, publish], [CONNACK_5]));
    expect(published.publish.properties).toEqual({ a: 'e', c: 'd' });
  });

  it('logs the same with any segmentation', () => {
    const whole = recordsOf(fed([CONNECT, SUBSCRIBE], [CONNACK]));
    const feed = new Feed([mqtt], { serverPort: 1883 })
      .pieces(true, CONNECT, () => 1)
      .pieces(false, CONNACK, () => 1);
    expect(recordsOf(feed.pieces(true, SUBSCRIBE, () => 1).end())).toEqual(whole);
  });

  it('stops parsing at an invalid message, with any segmentation', () => {
    const stream = Buffer.concat([CONNECT, message(0x82, [0]), SUBSCRIBE]);
    const whole = new Feed([mqtt], { serverPort: 1883 }).client(stream).end();
    const cut = new Feed([mqtt], { serverPort: 1883 }).pieces(true, stream, () => 1).end();
    expect(whole.events).toEqual(['malformed_traffic']);
    expect(whole.records).toEqual(cut.records);
  });

  it('has the data frames of messages in one segment at the offset of the first one', () => {
    const feed = new Feed([mqtt], { serverPort: 1883 });
    feed.application.useFrames(new Set(['mqtt.data']));
    const ping = message(0xc0);
    feed
      .client(CONNECT)
      .server(CONNACK)
      .client(Buffer.concat([SUBSCRIBE, ping]))
      .client(ping)
      .end();
    const at = CONNECT.length;
    const later = [...feed.frames].filter(({ type, offset }) => offset >= at && type === 'data');
    expect(later.map(({ offset }) => offset)).toEqual([at + 2, at + 2, at + SUBSCRIBE.length + 2 + 2]);
  });

  it('skips messages that are too long', () => {
    const config = { 'app-layer': { protocols: { mqtt: { 'max-msg-length': '100' } } } };
    const long = message(0x30, text('t'), Buffer.alloc(200));
    const feed = fed([CONNECT, long, SUBSCRIBE], [CONNACK], { config });
    expect(recordsOf(feed)[1]).toEqual({ publish: { ...FLAGS, truncated: true, skipped_length: 206 } });
    expect(recordsOf(feed)[2].subscribe.topics).toEqual([
      { topic: 'a', qos: 1 },
      { topic: 'b', qos: 0 },
    ]);
  });

  it.each([
    ['a reply without a connection', [], [CONNACK], 'missing_connect'],
    ['a reply without a publication', [CONNECT], [CONNACK, message(0x40, [0, 1])], 'missing_publish'],
    ['a reply without a subscription', [CONNECT], [CONNACK, message(0x90, [0, 1, 0])], 'missing_subscribe'],
    ['a second connection', [CONNECT, CONNECT], [CONNACK], 'double_connect'],
    ['a message before the connection', [SUBSCRIBE], [], 'unintroduced_message'],
    [
      'an invalid quality of service',
      [CONNECT, message(0x36, text('t'), [0, 1])],
      [CONNACK],
      'invalid_qos_level',
    ],
    ['a message without an id', [CONNECT, message(0x32, text('t'), [0, 0])], [CONNACK], 'missing_msg_id'],
    ['an unknown message type', [CONNECT, message(0x00)], [CONNACK], 'unassigned_msg_type'],
    ['missing fields', [CONNECT, message(0x82, [0])], [CONNACK], 'malformed_traffic'],
    ['an invalid length', [CONNECT, [0x30, 255, 255, 255, 255, 1]], [CONNACK], 'malformed_traffic'],
  ] as [string, Uint8Array[], Uint8Array[], string][])('reports %s', (_, client, server, event) => {
    expect(
      fed([client[0] ?? Buffer.alloc(0), ...client.slice(1).map(each => Buffer.from(each))], server).events,
    ).toContain(event);
  });

  it('logs an exchange after a number of its messages, and limits its events', () => {
    const received = Buffer.concat(Array.from({ length: 100 }, () => message(0x50, [0, 9])));
    const feed = fed(
      [CONNECT, message(0x34, text('topic'), [0, 9], Buffer.from('hello'))],
      [CONNACK, received],
    );
    expect(recordsOf(feed)[1].pubrec).toBeDefined();
    expect(feed.events.filter(event => event === 'missing_publish').length).toBe(37);
  });

  it('never fails on damaged messages', () => {
    for (const whole of [CONNECT, CONNECT_5, CONNACK_5, SUBSCRIBE]) {
      const header = parseHeader(whole, 0, whole.length);
      if (typeof header !== 'object') throw new Error('no header');
      for (let at = header.head; at < whole.length; at++) {
        for (const bit of [0, 4, 7]) {
          const damaged = Buffer.from(whole);
          damaged[at]! ^= 1 << bit;
          expect(() => parseBody(header, damaged.subarray(header.head), 5)).not.toThrow();
        }
      }
    }
    expect(new Fields(Buffer.alloc(0)).number(4)).toBe(0);
  });

  it('compares flags by name and by number', () => {
    const feed = fed([CONNECT, message(0x39, text('t'))], [CONNACK]);
    const matches = (keyword: string, argument: string, transaction: unknown): boolean => {
      const test = mqtt.tests.find(each => each.keyword === keyword)!;
      return keywordMatches(test, argument, transaction as never, true);
    };
    const [connect, publish] = feed.transactions;
    expect(
      ['retain', 'retain,!dup', '!retain', '9', '&0x08=0x08'].map(each =>
        matches('mqtt.flags', each, publish),
      ),
    ).toEqual([true, false, false, true, true]);
    expect(
      ['username,!will_retain', '!will', '0xc6', '&0x20!=0'].map(each =>
        matches('mqtt.connect.flags', each, connect),
      ),
    ).toEqual([true, false, true, false]);
    expect(() => matches('mqtt.flags', 'will', publish)).toThrow('"will" is not a flag');
  });

  it('leaves a subscription with QoS 0 unanswered; granted QoS is not a reason code', () => {
    const subscribe = message(0x80, [0, 7], text('a'), [0]);
    const granted = message(0x90, [0, 7, 0]);
    const feed = fed([CONNECT, subscribe, SUBSCRIBE], [CONNACK, granted, granted]);
    expect(recordsOf(feed).map(record => Object.keys(record))).toEqual([
      ['connect', 'connack'],
      ['subscribe'],
      ['subscribe', 'suback'],
      ['suback'],
    ]);
    expect(feed.events).toEqual(['missing_subscribe']);
    const reasons = mqtt.values.find(({ keyword }) => keyword === 'mqtt.reason_code')!;
    expect(feed.transactions.map(each => reasons.get(each as never, false))).toEqual([[0], [], [], []]);
  });

  it('is not detected from an answer alone', () => {
    const feed = fed([message(0xc0), message(0xc0)], [CONNACK]);
    expect(feed.events.sort()).toEqual(['missing_connect', 'unintroduced_message', 'unintroduced_message']);
  });
});
