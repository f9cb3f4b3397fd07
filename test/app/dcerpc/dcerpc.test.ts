import { describe, expect, it } from 'vitest';
import { ApplicationState } from '../../../engine/application/application-state.js';
import type { DcerpcTransaction } from '../../../modules/app/dcerpc/transaction.js';
import dcerpc from '../../../modules/app/dcerpc.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { stubThread } from '../../thread-stub.js';
import { bind, bindAck, le16, le32, request, response, SVCCTL, SVCCTL_TEXT } from './pdu-builder.js';

const feed = (options: FeedOptions = {}) => new Feed([dcerpc], { serverPort: 49152, ...options });
const recordsOf = (of: Feed) => of.records.map(record => record.dcerpc);
const called = { uuid: SVCCTL_TEXT, version: '2.0', ack_result: 0 };

function test(keyword: string, of: Feed, argument: string): boolean[] {
  const declared = dcerpc.tests.find(each => each.keyword === keyword)!;
  const parsed = declared.parse(argument);
  return of.transactions.map(each => declared.matches(each as DcerpcTransaction, true, parsed));
}

describe('dcerpc over TCP', () => {
  const client = Buffer.concat([bind(1), request(2, 15, 'ab', 1), request(2, 15, 'cd', 2)]);
  const server = Buffer.concat([bindAck(1), response(2, 'xyz')]);

  it('logs offered interfaces, calls and responses', () => {
    const of = feed().client(bind(1)).server(bindAck(1));
    of.client(request(2, 15, 'ab', 1))
      .client(request(2, 15, 'cd', 2))
      .server(response(2, 'xyz'))
      .end();
    expect(recordsOf(of)).toEqual([
      { request: 'BIND', interfaces: [called], response: 'BINDACK', call_id: 1, rpc_version: '5.0' },
      {
        request: 'REQUEST',
        req: { opnum: 15, frag_cnt: 2, stub_data_size: 4 },
        interfaces: [called],
        response: 'RESPONSE',
        res: { frag_cnt: 1, stub_data_size: 11 },
        call_id: 2,
        rpc_version: '5.0',
      },
    ]);
    expect(of.flow(0)).not.toBe(0);
  });

  it('has frames', () => {
    const config = { outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const { frameRecords } = feed({ config }).client(client).server(server).end();
    const lengths = (wanted: string) =>
      frameRecords.filter(({ type }) => type === wanted).map(({ length }) => length);
    const messages = [
      bind(1),
      request(2, 15, 'ab', 1),
      request(2, 15, 'cd', 2),
      bindAck(1),
      response(2, 'xyz'),
    ];
    expect(lengths('pdu')).toEqual(messages.map(each => each.length));
    expect(lengths('hdr')).toEqual(messages.map(() => 16));
    expect(lengths('data')).toEqual(messages.map(each => each.length - 16));
  });

  it('logs the same with any segmentation', () => {
    const whole = feed().client(client).server(server).end();
    const cut = feed()
      .pieces(true, client, () => 1)
      .pieces(false, server, () => 1)
      .end();
    expect(cut.records).toEqual(whole.records);
    expect(whole.records.length).toBe(2);
  });

  it('offers stub data in its byte order', () => {
    const of = feed()
      .client(bind(1))
      .server(bindAck(1))
      .client(request(2, 1, 'ab'))
      .end();
    const buffer = dcerpc.buffers.find(({ keyword }) => keyword === 'dcerpc.stub_data')!;
    const transaction = of.transactions[1] as DcerpcTransaction;
    expect(Buffer.from(buffer.get(transaction, true, 0)!).toString()).toBe('ab');
    expect(buffer.get(transaction, false, 0)).toBeUndefined();
    expect(buffer.littleEndian!(transaction, true)).toBe(true);
    expect(recordsOf(of)[1].response).toBe('UNREPLIED');
  });

  it.each([
    ['dcerpc.iface', SVCCTL_TEXT.toUpperCase(), [false, true, true]],
    ['dcerpc.iface', `${SVCCTL_TEXT},=2`, [false, true, true]],
    ['dcerpc.iface', `${SVCCTL_TEXT}, >2, any_frag`, [false, false, false]],
    ['dcerpc.iface', `${SVCCTL_TEXT},!2`, [false, false, false]],
    ['dcerpc.iface', '367abb81-9844-35f1-ad32-98f038001004', [false, false, false]],
    ['dcerpc.opnum', '15', [false, true, false]],
    ['dcerpc.opnum', '1-3, 12-16', [false, true, false]],
  ])('%s:%s', (keyword, argument, expected) => {
    const of = feed().client(bind(1)).server(bindAck(1));
    of.client(Buffer.concat([request(2, 15, 'a'), request(3, 99, 'b')])).end();
    expect(test(keyword, of, argument)).toEqual(expected);
  });

  it('matches an interface only once it is accepted', () => {
    const of = feed()
      .client(bind(1, [SVCCTL, SVCCTL]))
      .server(bindAck(1, [2, 0]));
    of.client(Buffer.concat([request(2, 1, 'a', 3, 0), request(3, 1, 'b', 3, 1)])).end();
    expect(test('dcerpc.iface', of, SVCCTL_TEXT)).toEqual([false, false, true]);
  });

  it('matches a call at its first fragment', () => {
    const of = feed()
      .client(bind(1, [SVCCTL]))
      .server(bindAck(1));
    of.client(Buffer.concat([request(2, 15, 'a', 1, 0), request(2, 16, 'b', 2, 7)])).end();
    expect(test('dcerpc.iface', of, SVCCTL_TEXT)).toEqual([false, true]);
    expect([test('dcerpc.opnum', of, '15')[1], test('dcerpc.opnum', of, '16')[1]]).toEqual([true, false]);
  });

  it('matches an interface that is called before the server has answered the bind', () => {
    const calls = Buffer.concat([bind(1), request(2, 1, 'a')]);
    const of = feed()
      .client(calls)
      .server(bindAck(1, [2]))
      .client(request(3, 1, 'b'))
      .end();
    expect(test('dcerpc.iface', of, SVCCTL_TEXT)).toEqual([false, true, false]);
    const accepted = feed().client(calls).server(bindAck(1)).end();
    expect(recordsOf(accepted)[1].interfaces).toEqual([called]);
  });

  it.each([
    ['dcerpc.iface', '367abb81'],
    ['dcerpc.iface', `${SVCCTL_TEXT},any_frag,=1`],
    ['dcerpc.iface', `${SVCCTL_TEXT},=65536`],
    ['dcerpc.opnum', '65536'],
    ['dcerpc.opnum', '5-4'],
    ['dcerpc.opnum', '>4'],
    ['dcerpc.opnum', '!4'],
    ['dcerpc.opnum', ''],
  ])('rejects %s:%s', (keyword, argument) => {
    expect(() => test(keyword, feed(), argument)).toThrow();
  });

  it('continues behind a gap', () => {
    const of = feed().client(bind(1)).server(bindAck(1)).gap(true, 60);
    of.server(response(2, 'x'))
      .client(request(3, 4, 'y'))
      .server(response(3, 'z'))
      .end();
    expect(recordsOf(of).map(({ request, response }) => [request, response])).toEqual([
      ['BIND', 'BINDACK'],
      ['REQUEST_LOST', 'RESPONSE'],
      ['REQUEST', 'RESPONSE'],
    ]);
  });

  it('waits for no requests after the client has ended', () => {
    const of = feed().client(bind(1)).server(bindAck(1)).close(true).server(response(2, 'x'));
    const progress = of.transactions.map(each => [each.progressToServer, each.progressToClient]);
    expect(progress[1]).toEqual(progress[0]);
  });

  it('skips the rest of a message with a gap in it', () => {
    const long = request(2, 4, 'y'.repeat(100));
    const of = feed().client(bind(1)).server(bindAck(1)).client(long.subarray(0, 50)).gap(true, 20);
    of.client(long.subarray(70))
      .client(request(3, 4, 'y'))
      .server(response(3, 'z'))
      .end();
    expect(recordsOf(of).map(({ call_id }) => call_id)).toEqual([1, 3]);
  });

  it('limits calls and their arguments', () => {
    const config = { 'app-layer': { protocols: { dcerpc: { 'max-tx': 2, 'max-stub-size': 3 } } } };
    const of = feed({ config });
    for (const callId of [1, 2, 3, 4]) of.client(request(callId, 1, 'abcdef'));
    expect(recordsOf(of).map(({ call_id }) => call_id)).toEqual([1, 2]);
    expect(recordsOf(of.end())[0].req.stub_data_size).toBe(3);
  });

  it('does not take other messages for a call', () => {
    for (const bytes of ['05000b03c0000000480000007f000000', '05020b0310000000480000007f000000'])
      expect(feed().client(Buffer.from(bytes, 'hex')).end().records).toEqual([]);
    expect(
      feed()
        .client(Buffer.from([5, 1, 0]))
        .end().records,
    ).toEqual([]);
  });
});

it('remembers no more calls than may be open, whatever their numbers', () => {
  const thread = stubThread({ config: { 'app-layer': { protocols: { dcerpc: { 'max-tx': 4 } } } } });
  const talk = new ApplicationState();
  const session = talk.startSession(
    dcerpc,
    0,
    dcerpc.prepare!(thread.config, {}, () => undefined),
  );
  talk.startCoroutines(session);
  // A number that is used repeatedly is never among the oldest complete ones.
  const calls = Array.from({ length: 300 }, (_, i) => request(i % 3 === 0 ? 1 : i + 1, 1, 'x'));
  for (const each of calls) talk.deliver(true, each, 0, each.length);
  const { open } = session.state as { open: ReadonlyMap<number, unknown> };
  expect(open.size).toBeLessThanOrEqual(6);
});

describe('dcerpc over UDP', () => {
  const datagram = (type: number, sequence: number, stub: string, flags = 0, fragment = 0) =>
    Buffer.concat([
      Buffer.from([4, type, flags, 0, 0x10, 0, 0, 0]),
      Buffer.alloc(16),
      SVCCTL,
      SVCCTL,
      le32(0),
      le32(2),
      le32(sequence),
      le16(7),
      Buffer.from([255, 255, 255, 255]),
      le16(stub.length),
      le16(fragment),
      Buffer.alloc(2),
      Buffer.from(stub),
    ]);

  it('pairs request and response', () => {
    const of = feed({ transport: 'udp' });
    of.client(datagram(0, 5, 'abc', 4))
      .client(datagram(0, 5, 'de', 6, 1))
      .server(datagram(2, 5, 'x'))
      .end();
    expect(recordsOf(of)).toEqual([
      {
        request: 'REQUEST',
        req: { opnum: 7, frag_cnt: 2, stub_data_size: 5 },
        response: 'RESPONSE',
        res: { frag_cnt: 1, stub_data_size: 1 },
        activityuuid: SVCCTL_TEXT,
        seqnum: 5,
        rpc_version: '4.0',
      },
    ]);
    expect(test('dcerpc.iface', of, SVCCTL_TEXT)).toEqual([true]);
  });
});
