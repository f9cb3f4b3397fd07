import { describe, expect, it } from 'vitest';
import * as Flow from '../../../engine/flow/flow-record.js';
import { Elements, integerOf, readHead } from '../../../modules/app/asn1/ber.js';
import { parseMessage } from '../../../modules/app/ldap/message.js';
import ldap from '../../../modules/app/ldap.js';
import tls from '../../../modules/app/tls.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import {
  element,
  entry,
  enumerated,
  integer,
  message,
  octets,
  result,
  search,
  sequence,
} from './message-builder.js';

function fed(client: Uint8Array[], server: Uint8Array[], options: FeedOptions = {}): Feed {
  return new Feed([ldap, tls], { serverPort: 389, ...options })
    .client(Buffer.concat(client))
    .server(Buffer.concat(server))
    .end();
}

const recordsOf = (feed: Feed) => feed.records.map(record => record.ldap);

describe('ldap', () => {
  it('pairs requests and responses', () => {
    const feed = fed([search(1), search(2)], [entry(2), result(1, 5, 4), result(2, 5)]);
    expect(recordsOf(feed)).toEqual([
      {
        request: expect.objectContaining({ operation: 'search_request', message_id: 1 }),
        responses: [
          {
            operation: 'search_result_done',
            message_id: 1,
            search_result_done: { result_code: 'size_limit_exceeded', matched_dn: '', message: 'why' },
          },
        ],
      },
      {
        request: expect.objectContaining({ message_id: 2 }),
        responses: [
          {
            operation: 'search_result_entry',
            message_id: 2,
            search_result_entry: { base_object: 'cn=x', attributes: [{ type: 'cn', values: ['x', 'y'] }] },
          },
          expect.objectContaining({ operation: 'search_result_done' }),
        ],
      },
    ]);
    expect(recordsOf(feed)[0].request.search_request).toEqual({
      base_object: 'dc=example',
      scope: 2,
      deref_alias: 0,
      size_limit: 0,
      time_limit: 30,
      types_only: false,
      attributes: ['cn', 'mail'],
    });
  });

  it('logs the same with any segmentation', () => {
    const [client, server] = [search(1), Buffer.concat([entry(1), result(1, 5)])];
    const cut = new Feed([ldap], { serverPort: 389 })
      .pieces(true, client, () => 1)
      .pieces(false, server, () => 1);
    expect(cut.end().records).toEqual(fed([client], [server]).records);
  });

  it('stops parsing at an invalid message, with any segmentation', () => {
    const stream = Buffer.concat([search(1), sequence(integer(2)), search(3)]);
    const whole = new Feed([ldap], { serverPort: 389 }).client(stream).end();
    const cut = new Feed([ldap], { serverPort: 389 }).pieces(true, stream, () => 1).end();
    expect(whole.events).toEqual(['invalid_data']);
    expect(whole.transactions.length).toBe(2);
    expect(whole.records).toEqual(cut.records);
  });

  it('parses datagrams', () => {
    const feed = fed([search(1)], [entry(1), result(1, 5)], { transport: 'udp' });
    expect(recordsOf(feed)[0].responses.length).toBe(2);
  });

  it('reports unanswered requests at the end of a stream, but not of datagrams', () => {
    for (const transport of ['tcp', 'udp'] as const) {
      const feed = fed([search(1), search(2)], [result(1, 5)], { transport });
      expect(recordsOf(feed).map(({ request }) => request.message_id)).toEqual(
        transport === 'tcp' ? [1, 2] : [1],
      );
      expect(feed.flow(Flow.TRANSACTIONS)).toBe(2);
    }
  });

  it('is detected from one side; over TCP, other data of the other side raises an event', () => {
    for (const transport of ['tcp', 'udp'] as const) {
      const feed = fed([search(1)], [Buffer.from('no BER at all')], { transport });
      expect([...feed.packetEvents]).toEqual(
        transport === 'tcp' ? ['applayer_detect_protocol_only_one_direction'] : [],
      );
    }
  });

  const dn = octets('cn=x');
  it.each([
    ['bind', message(1, 0, integer(3), dn, element(0x80, 'secret')), { version: 3, name: 'cn=x' }],
    [
      'bind with SASL',
      message(1, 0, integer(3), dn, element(0xa3, octets('PLAIN'), octets('c'))),
      { version: 3, name: 'cn=x', sasl: { mechanism: 'PLAIN', credentials: 'c' } },
    ],
    ['del', message(1, 10, Buffer.from('cn=x')), { dn: 'cn=x' }],
    [
      'mod_dn',
      message(1, 12, dn, octets('cn=y'), element(1, Buffer.from([255])), element(0x80, 'dc=z')),
      { entry: 'cn=x', new_rdn: 'cn=y', delete_old_rdn: true, new_superior: 'dc=z' },
    ],
    [
      'compare',
      message(1, 14, dn, sequence(octets('sn'), octets('v'))),
      { entry: 'cn=x', attribute_value_assertion: { description: 'sn', value: 'v' } },
    ],
    [
      'modify',
      message(
        1,
        6,
        dn,
        sequence(sequence(enumerated(2), sequence(octets('sn'), element(0x31, octets('v'))))),
      ),
      {
        object: 'cn=x',
        changes: [{ operation: 'replace', modification: { attribute_type: 'sn', attribute_values: ['v'] } }],
      },
    ],
    [
      'add',
      message(1, 8, dn, sequence(sequence(octets('sn'), element(0x31, octets('v'))))),
      { entry: 'cn=x', attributes: [{ name: 'sn', values: ['v'] }] },
    ],
    ['abandon', message(1, 16, Buffer.from([9])), { message_id: 9 }],
    ['extended', message(1, 23, element(0x80, '1.2.3'), element(0x81, 'v')), { name: '1.2.3', value: 'v' }],
  ])('logs %s', (name, bytes, detail) => {
    const { request } = recordsOf(fed([bytes], []))[0];
    expect(request[request.operation]).toEqual(detail);
    expect(request.operation.startsWith(name.split(' ')[0]!)).toBe(true);
  });

  it('has an empty text for responses without a name or a message', () => {
    const feed = fed([search(1)], [message(1, 4, octets('cn=x'), sequence()), result(1, 5)]);
    const texts = (keyword: string) => {
      const buffer = ldap.buffers.find(each => each.keyword === keyword)!;
      const get = (index: number) => buffer.get(feed.transactions[0] as never, false, index);
      return [0, 1, 2].map(index => get(index) && Buffer.from(get(index)!).toString());
    };
    expect(texts('ldap.responses.dn')[0]).toBe('cn=x');
    expect(texts('ldap.responses.message')[0]).toBe('');
    expect(texts('ldap.responses.message')[2]).toBeUndefined();
  });

  it.each(['tcp', 'udp'] as const)('has a frame for each message over %s', transport => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const sent = Buffer.concat([search(1), search(2)]);
    const feed = new Feed([ldap], { serverPort: 389, transport, config }).client(sent).end();
    expect(feed.frameRecords.map(({ type, length }) => [type, length])).toEqual([
      ['pdu', search(1).length],
      ['pdu', search(2).length],
    ]);
  });

  it('continues as TLS if both sides agree', () => {
    const startTls = message(1, 23, element(0x80, '1.3.6.1.4.1.1466.20037'));
    const feed = fed([startTls], [result(1, 24)]);
    expect(feed.application.sessionOf(0)).toBeUndefined();
    expect(recordsOf(feed)[0].request.extended_request.name).toBe('1.3.6.1.4.1.1466.20037');
  });

  it.each([
    ['an invalid message', [search(1), Buffer.from('no BER')], [], 'invalid_data'],
    ['an unknown operation', [search(1), message(2, 30)], [], 'invalid_data'],
    ['a response without a request', [search(1)], [result(7, 5)], 'request_not_found'],
    ['too many requests', [search(1), search(2), search(3)], [], 'too_many_transactions'],
  ])('reports %s', (_, client, server, event) => {
    const config = { 'app-layer': { protocols: { ldap: { 'max-tx': 2 } } } };
    expect(fed(client, server, { config }).events).toContain(event);
  });
});

it('gives rules the attributes of all responses', () => {
  const entries = Array.from({ length: 300 }, () => entry(1));
  const [transaction] = fed([search(1)], [...entries, result(1, 5)]).transactions;
  const buffer = ldap.buffers.find(({ keyword }) => keyword === 'ldap.responses.attribute_type')!;
  const type = (index: number) => buffer.get(transaction as never, false, index)?.toString();
  expect([type(0), type(299), type(300)]).toEqual(['99,110', '99,110', undefined]);
});

it('finds the direction from the message if the first packet seen is an answer', () => {
  const [none, answered] = new Feed([ldap], { serverPort: 389 })
    .client(result(1, 5))
    .server(search(2))
    .client(result(2, 5))
    .end().records;
  expect(none!.ldap).not.toHaveProperty('request');
  expect(answered!.ldap).toMatchObject({ request: { message_id: 2 }, responses: [{ message_id: 2 }] });
});

it('keeps at most 4 MiB of responses', () => {
  const large = message(1, 4, octets('x'.repeat(60_000)), sequence());
  const [transaction] = fed(
    [search(1)],
    [...Array.from({ length: 80 }, () => large), result(1, 5)],
  ).transactions;
  const { responses } = transaction as unknown as { responses: { operation: number }[] };
  // The last one, with the result, is small.
  expect([responses.length, responses.at(-1)!.operation]).toEqual([70, 5]);
});

it.each([1, 5, 200])(
  'continues behind a gap at the beginning of a message, with segments of %i bytes',
  length => {
    const feed = new Feed([ldap], { serverPort: 389 });
    const lost = search(2);
    feed
      .client(search(1))
      .client(lost.subarray(0, 9))
      .gap(true, lost.length - 9);
    feed
      .pieces(true, search(3), () => length)
      .server(result(3, 5))
      .gap(false, 40);
    feed.server('the end of another').pieces(false, result(1, 5), () => length);
    expect(
      recordsOf(feed.end()).map(({ request, responses }) => [request.message_id, responses.length]),
    ).toEqual([
      [3, 1],
      [1, 1],
    ]);
  },
);

describe('the basic encoding rules', () => {
  it('have definite lengths', () => {
    const head = (...bytes: number[]) => readHead(Uint8Array.from(bytes), 0, bytes.length);
    expect(head(0x30, 5)).toEqual({ tag: 0x30, head: 2, length: 5 });
    expect(head(0x30, 0x82, 1, 0)).toEqual({ tag: 0x30, head: 4, length: 256 });
    expect(head(0x30, 0x82, 1)).toBe('more');
    expect(head(0x30, 0x80)).toBeUndefined();
    // Servers read as many bytes as their integers have.
    expect(head(0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 5)).toEqual({ tag: 0x30, head: 10, length: 5 });
    expect(head(0x30, 0x88, 0, 0, 0, 1, 0, 0, 0, 0)).toBeUndefined();
    expect(head(0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 5)).toBeUndefined();
    expect(head(0x1f, 1)).toBeUndefined();
  });

  it('have signed integers', () => {
    expect(integerOf(Uint8Array.of(0xff))).toBe(-1);
    expect(integerOf(Uint8Array.of(1, 0))).toBe(256);
    expect(integerOf(new Uint8Array(9))).toBeUndefined();
  });

  it('never fail to parse', () => {
    const whole = search(1).subarray(2);
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [0, 3, 7]) {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= 1 << bit;
        expect(() => parseMessage(damaged)).not.toThrow();
      }
      expect(() => [...new Elements(whole.subarray(0, at)).rest()]).not.toThrow();
    }
  });
});
