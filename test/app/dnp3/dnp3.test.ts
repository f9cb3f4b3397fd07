import { describe, expect, it } from 'vitest';
import dnp3 from '../../../modules/app/dnp3.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { frame, READ, RESPONSE, SELECT, WHOLE } from './message-builder.js';

const fed = (options: FeedOptions = {}) => new Feed([dnp3], { serverPort: 20000, ...options });
const recordsOf = (feed: Feed) => feed.end().records.map(record => record.dnp3);
const test = (keyword: string) => dnp3.tests.find(each => each.keyword === keyword)!;

describe('dnp3', () => {
  it('logs requests', () => {
    expect(recordsOf(fed().client(frame(true, WHOLE, SELECT)))).toEqual([
      {
        type: 'request',
        control: { dir: true, pri: true, fcb: false, fcv: false, function_code: 4 },
        src: 3,
        dst: 4,
        application: {
          control: { con: false, fir: true, fin: true, uns: false, sequence: 7 },
          function_code: 3,
          objects: [
            {
              group: 12,
              variation: 1,
              qualifier: 40,
              prefix_code: 2,
              range_code: 8,
              start: 0,
              stop: 0,
              count: 1,
              points: [
                {
                  prefix: 9,
                  index: 9,
                  op_type: 3,
                  qu: 0,
                  cr: 0,
                  tcc: 0,
                  count: 1,
                  ontime: 100,
                  offtime: 200,
                  status_code: 0,
                  reserved: 0,
                },
              ],
            },
          ],
          complete: true,
        },
      },
    ]);
  });

  it('logs values and indications of a response', () => {
    const feed = fed()
      .client(frame(true, WHOLE, READ))
      .server(frame(false, WHOLE, RESPONSE));
    const [request, response] = recordsOf(feed);
    expect(request.application.objects.map((each: any) => [each.group, each.count])).toEqual([
      [60, 0],
      [1, 7],
    ]);
    expect(response.iin).toEqual({ indicators: ['need_time', 'device_restart', 'object_unknown'] });
    const [bits, analog] = response.application.objects;
    expect(bits.points).toEqual([
      { prefix: 0, index: 3, state: 1 },
      { prefix: 0, index: 4, state: 0 },
      { prefix: 0, index: 5, state: 1 },
    ]);
    expect(analog.points[0]).toMatchObject({ index: 7, online: 1, restart: 0, value: 1 });
  });

  it('reassembles messages from frames', () => {
    const pieces = Buffer.concat([
      frame(true, 0x40, SELECT.slice(0, 7)),
      frame(true, 0x01, SELECT.slice(7, 12)),
      frame(true, 0x82, SELECT.slice(12)),
    ]);
    const whole = recordsOf(fed().client(frame(true, WHOLE, SELECT)));
    expect(recordsOf(fed().client(pieces))).toEqual(whole);
    expect(recordsOf(fed().pieces(true, pieces, () => 1))).toEqual(whole);
  });

  it('reassembles messages interleaved with those for other stations', () => {
    const [first, last] = [frame(true, 0x40, SELECT.slice(0, 7)), frame(true, 0x81, SELECT.slice(7))];
    const others = Array.from({ length: 40 }, (_, i) => frame(true, 0x40, READ, 100 + i));
    const objects = (between: readonly Buffer[]) =>
      recordsOf(fed().client(Buffer.concat([first, ...between, last]))).map(
        ({ application }) => application.objects.length,
      );
    expect(objects([frame(true, WHOLE, READ, 9)])).toEqual([2, 1]);
    expect(objects(others.slice(0, 10))).toEqual([1]);
    // Maximum number of remembered stations.
    expect(objects(others)).toEqual([]);
  });

  it('gives rules function, indications, objects and data', () => {
    const feed = fed()
      .client(frame(true, WHOLE, READ))
      .server(frame(false, WHOLE, RESPONSE))
      .end();
    const response = feed.transactions[1] as never;
    const matches = (keyword: string, argument: string) => {
      const { parse, matches: holds } = test(keyword);
      return holds(response, false, parse(argument));
    };
    expect(matches('dnp3.obj', '30,5')).toBe(true);
    expect(matches('dnp3.obj', '30,1')).toBe(false);
    expect(matches('dnp3.ind', 'all_stations,device_restart')).toBe(true);
    expect(matches('dnp3.ind', 'all_stations')).toBe(false);
    expect(() => test('dnp3.obj').parse('30')).toThrow('a group and a variation');
    expect(() => test('dnp3.ind').parse('nothing')).toThrow('nothing');
    expect(() => test('dnp3.ind').parse('constructor')).toThrow('constructor');
    expect(dnp3.values[0]!.get(response, false)).toEqual([129]);
    expect([...dnp3.buffers[0]!.get(response, false, 0)!]).toEqual(RESPONSE);
    const bytes = frame(false, WHOLE, RESPONSE);
    const [len, crc] = [bytes[2], bytes.readUInt16LE(8)];
    expect(dnp3.scriptNumbers!(response)).toEqual({ len, crc, transport: WHOLE, indicators: 0x9002 });
  });

  it('reads file objects', () => {
    const open = [0xc0, 25, 70, 5, 0x5b, 1, 10, 0, 1, 2, 3, 4, 5, 0, 0, 0, 0x68, 0x69];
    const [{ application }] = recordsOf(fed().client(frame(true, WHOLE, open)));
    expect(application.objects[0].points).toEqual([
      { prefix: 10, index: 0, size: 10, file_handle: 0x04030201, block_number: 5, file_data: 'hi' },
    ]);
  });

  it.each<[string, number, number, number[], object]>([
    [
      'a file of an old device',
      ...[70, 1, [2, 0, 1, 2, 3, 0, 4, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 7, 0, 8, 0, 0, 0, 9, 0, 0, 0]],
      ...[{ filename_size: 2, end_record: 4, created_timestamp: 6, permissions: 7, file_id: 8, owner_id: 9 }],
    ],
    [
      'an authentication file',
      ...[70, 2, [12, 0, 2, 0, 14, 0, 3, 0, 1, 0, 0, 0, ...Buffer.from('mepwd')]],
      ...[{ password_offset: 14, authentication_key: 1, username: 'me', password: 'pwd' }],
    ],
    [
      'a registration',
      ...[83, 1, [...Buffer.from('ACME'), 7, 0, 2, 0, ...Buffer.from('hi')]],
      ...[{ vendor_code: 'ACME', object_id: 7, length: 2, data_objects: 'hi' }],
    ],
    [
      'a challenge',
      ...[120, 1, [1, 0, 0, 0, 2, 0, 3, 1, ...Buffer.from('abcd')]],
      ...[{ csq: 1, usr: 2, mal: 3, reason: 1, challenge_data: 'abcd' }],
    ],
    ['an aggressive mode request', 120, 3, [1, 0, 0, 0, 2, 0], { csq: 1, user_number: 2 }],
    [
      'a key status',
      ...[120, 5, [1, 0, 0, 0, 2, 0, 2, 1, 4, 2, 0, ...Buffer.from('abmac')]],
      ...[{ ksq: 1, user_number: 2, key_wrap_alg: 2, key_status: 1, challenge_data: 'ab', mac_value: 'mac' }],
    ],
    [
      'an error',
      ...[120, 7, [1, 0, 0, 0, 2, 0, 3, 0, 4, 5, 0, 0, 0, 0, 0, ...Buffer.from('no')]],
      ...[{ sequence_number: 1, association_id: 3, error_code: 4, time_of_error: 5, error_text: 'no' }],
    ],
    [
      'a truncated user name',
      ...[120, 11, [1, 9, 0, 1, 0, ...Buffer.from('me')]],
      ...[{ username_len: 9, username: 'me', master_challenge_data: '' }],
    ],
    ['an unknown object', 120, 99, [0x68, 0x69], { data: 'hi' }],
  ] as never)('reads %s (group %i variation %i)', (_, group, variation, bytes, expected) => {
    const message = [0xc0, 32, group, variation, 0x5b, 1, bytes.length, 0, ...bytes];
    const [{ application }] = recordsOf(fed().client(frame(true, WHOLE, message)));
    expect(application.complete).toBe(true);
    expect(application.objects[0].points).toMatchObject([{ size: bytes.length, ...expected }]);
  });

  it('reads the user of an aggressive mode request without a length', () => {
    const message = [0xc0, 2, 120, 3, 7, 1, 1, 0, 0, 0, 2, 0, 50, 1, 7, 1, 9, 0, 0, 0, 0, 0];
    const [{ application }] = recordsOf(fed().client(frame(true, WHOLE, message)));
    expect(application.objects.map((each: any) => each.points)).toMatchObject([
      [{ csq: 1, user_number: 2 }],
      [{ timestamp: 9 }],
    ]);
  });

  it('logs the points that are present', () => {
    const cut = [0xc0, 129, 0, 0, 30, 2, 1, 7, 0, 9, 0, 1, 5, 0, 1, 6];
    const [, { application }] = recordsOf(
      fed()
        .client(frame(true, WHOLE, READ))
        .server(frame(false, WHOLE, cut)),
    );
    expect(application.complete).toBe(false);
    expect(application.objects[0].points).toMatchObject([
      { index: 7, online: 1, value: 5 },
      { index: 8, online: 1, value: 0 },
    ]);
  });

  it('reads bit and string points followed by other objects', () => {
    const message = [
      0xc0, 129, 0, 0, 10, 1, 0, 0, 8, 0xff, 1, 110, 2, 0x17, 1, 4, 0x68, 0x69, 1, 1, 0, 3, 3, 1,
    ];
    const [, { application }] = recordsOf(
      fed()
        .client(frame(true, WHOLE, READ))
        .server(frame(false, WHOLE, message)),
    );
    const [bits, texts, last] = application.objects;
    expect(bits.points.map(({ index, state }: any) => [index, state])).toEqual(
      Array.from({ length: 9 }, (_, i) => [i, 1]),
    );
    expect(texts.points).toEqual([{ prefix: 4, index: 4, data: 'hi' }]);
    expect(last.points).toEqual([{ prefix: 0, index: 3, state: 1 }]);
  });

  it('reads security statistics, data set prototypes and octets (IEEE 1815 annex A)', () => {
    const statistic = [0x41, 2, 0, 9, 0, 0, 0];
    const message = [
      [0xc0, 129, 0, 0],
      [121, 1, 0, 3, 3, ...statistic],
      [122, 2, 0x17, 1, 4, ...statistic, 1, 0, 0, 0, 0, 0],
      [81, 1, 7, 1, 50, 2, 1],
      [86, 2, 0, 0, 0, 0x05],
      [102, 1, 0, 8, 9, 0xfe, 0xff],
    ].flat();
    const [, { application }] = recordsOf(
      fed()
        .client(frame(true, WHOLE, READ))
        .server(frame(false, WHOLE, message)),
    );
    expect(application.complete).toBe(true);
    const points = application.objects.map((each: any) => each.points);
    const counted = { online: 1, discontinuity: 1, association_id: 2, count_value: 9 };
    expect(points[0]).toMatchObject([{ index: 3, ...counted }]);
    expect(points[1]).toMatchObject([{ index: 4, ...counted, timestamp: 1 }]);
    expect(points[2]).toMatchObject([{ fill_percentage: 50, group: 2, variation: 1 }]);
    expect(points[3]).toMatchObject([{ rd: 1, wr: 0, st: 1 }]);
    expect(points[4].map(({ value }: any) => value)).toEqual([0xfe, 0xff]);
  });

  const broken = frame(true, WHOLE, READ);
  broken[12]! ^= 1;
  const header = frame(true, WHOLE, READ);
  header[4]! ^= 1;
  const points = [0xc0, 2, 50, 1, 8, 0xff, 0xff];
  it.each([
    ['data with a wrong checksum', broken, 'BAD_TRANSPORT_CRC'],
    ['a header with a wrong checksum', header, 'BAD_LINK_CRC'],
    ['an invalid frame', Buffer.from('xxxxxxxxxxxx'), 'MALFORMED'],
    ['a message without a function', frame(true, WHOLE, [1]), 'LEN_TOO_SMALL'],
    ['an unknown object', frame(true, WHOLE, [0xc0, 2, 199, 1, 7, 1, 0]), 'UNKNOWN_OBJECT'],
    ['too many points', frame(true, WHOLE, points), 'MAX_POINTS_PER_OBJECT'],
    ['a truncated object', frame(true, WHOLE, [0xc0, 2, 50, 1, 7, 2, 0]), 'MALFORMED'],
  ])('reports %s', (_, bytes, event) => {
    const first = frame(true, WHOLE, READ);
    expect(
      fed()
        .client(Buffer.concat([first, bytes]))
        .end().events,
    ).toEqual([event]);
  });

  it('limits requests, objects and messages', () => {
    const requests = Buffer.concat(Array.from({ length: 40 }, () => frame(true, WHOLE, READ)));
    const feed = fed().client(requests).end();
    expect([feed.records.length, feed.events]).toEqual([33, ['FLOODED']]);
    const config = { 'app-layer': { protocols: { dnp3: { 'max-objects': '1' } } } };
    expect(
      fed({ config })
        .client(frame(true, WHOLE, READ))
        .end().events,
    ).toEqual(['TOO_MANY_OBJECTS']);
    // Each object has as many points as a message may have.
    const bits = [1, 1, 0, 0, 7, 0xff];
    const points = { 'app-layer': { protocols: { dnp3: { 'max-points': '8' } } } };
    const response = (...objects: number[][]) => frame(false, WHOLE, [0xc7, 129, 0, 0, ...objects.flat()]);
    const objectsOf = (bytes: Buffer) =>
      fed({ config: points })
        .client(frame(true, WHOLE, READ))
        .server(bytes)
        .end();
    expect(objectsOf(response(bits)).events).toEqual([]);
    expect(objectsOf(response(bits, bits)).events).toEqual(['MAX_POINTS_PER_OBJECT']);
    const endless = Array.from({ length: 65 }, (_, i) =>
      frame(true, i === 0 ? 0x40 : i & 0x3f, Array(249).fill(1)),
    );
    expect(fed().client(Buffer.concat(endless)).end().events).toEqual(['TOO_LONG_REASSEMBLY']);
  });
});
