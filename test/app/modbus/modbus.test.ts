import { describe, expect, it } from 'vitest';
import modbus from '../../../modules/app/modbus.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { keywordMatches } from '../rule-keyword.js';
import {
  DIAGNOSTIC,
  message,
  READ_REGISTERS,
  REGISTERS,
  WRITE_COIL,
  WRITE_REGISTERS,
  WRITTEN,
} from './message-builder.js';

const fed = (options: FeedOptions = {}) => new Feed([modbus], { serverPort: 502, ...options });
const exchanged = (request: readonly number[], response: readonly number[], unit = 1) =>
  fed()
    .client(message(7, request))
    .server(message(7, response, unit))
    .end();

const [keyword] = modbus.tests;
const holds = (request: readonly number[], condition: string): boolean => {
  const [transaction] = fed().client(message(1, request)).end().transactions;
  return keywordMatches(keyword!, condition, transaction as never, true);
};

describe('modbus', () => {
  it.each([
    [[5, 0, 4, 0xff, 0], 'PUBLIC_ASSIGNED', 'WRITE | COILS | SINGLE | WRITE_SINGLE'],
    [WRITE_REGISTERS, 'PUBLIC_ASSIGNED', 'WRITE | HOLDING | MULTIPLE | WRITE_MULTIPLE'],
    [[9], 'PUBLIC_ASSIGNED', 'NONE'],
    [[8, 0, 19, 0, 0], 'PUBLIC_ASSIGNED', 'NONE'],
    [[8, 0, 22, 0, 0], 'RESERVED', 'NONE'],
    [[43, 14], 'PUBLIC_ASSIGNED', 'NONE'],
    [[43, 15], 'RESERVED', 'NONE'],
    [[25], 'PUBLIC_UNASSIGNED', 'NONE'],
    [[41], 'RESERVED', 'NONE'],
    [[65], 'USER_DEFINED', 'NONE'],
    [[110], 'USER_DEFINED', 'NONE'],
    [[127], 'RESERVED', 'NONE'],
  ])('knows the function category of %s', (request, category, access) => {
    const [record] = fed().client(message(1, request)).end().records;
    expect(record!.modbus.request).toMatchObject({ category, access_type: access });
  });

  it('accepts a category as a number', () => {
    const { request, response } = exchanged(WRITE_COIL, WRITE_COIL).records[0]!.modbus;
    expect([request.write, response.write]).toEqual([
      { address: 4, data: 0xff00 },
      { address: 4, data: 0xff00 },
    ]);
  });

  it('logs requests with their responses', () => {
    const common = {
      transaction_id: 7,
      protocol_id: 0,
      unit_id: 1,
      category: 'PUBLIC_ASSIGNED',
      error_flags: 'NONE',
    };
    const registers = {
      ...common,
      function_raw: 3,
      function_code: 'RdHoldRegs',
      access_type: 'READ | HOLDING',
    };
    expect(exchanged(READ_REGISTERS, REGISTERS).records).toEqual([
      {
        modbus: {
          id: 1,
          request: { ...registers, read: { address: 9, quantity: 2 } },
          response: { ...registers, read: { data: '\0\x01\0\x02' } },
        },
      },
    ]);
    const { request, response } = exchanged(WRITE_REGISTERS, WRITTEN).records[0]!.modbus;
    expect(request.write).toEqual({ address: 19, quantity: 2, data: '\0\x07\x01\0' });
    expect(response.write).toEqual({ address: 19, data: 2 });
    const failed = exchanged(DIAGNOSTIC, [0x88, 1]).records[0]!.modbus;
    expect(failed.request.diagnostic).toEqual({ raw: 4, code: 'ForceListenOnlyMode', data: '\0\0' });
    expect(failed.response).toMatchObject({
      function_raw: 0x88,
      exception: { raw: 1, code: 'IllegalFunction' },
    });
  });

  it('logs the same with any segmentation', () => {
    const whole = exchanged(WRITE_REGISTERS, WRITTEN).records;
    const feed = fed().pieces(true, message(7, WRITE_REGISTERS), () => 1);
    expect(feed.pieces(false, message(7, WRITTEN), () => 1).end().records).toEqual(whole);
  });

  it.each([
    [READ_REGISTERS, 'function 3', true],
    [READ_REGISTERS, 'function 4', false],
    [DIAGNOSTIC, 'function 8, subfunction 4', true],
    [DIAGNOSTIC, 'function 8, subfunction 5', false],
    [READ_REGISTERS, 'function assigned', true],
    [READ_REGISTERS, 'function !reserved', true],
    [[65], 'function user', true],
    [[65], 'function public', false],
    [READ_REGISTERS, 'unit 1, function 3', true],
    [READ_REGISTERS, 'unit 2<>9', false],
    [READ_REGISTERS, 'access read', true],
    [READ_REGISTERS, 'access write', false],
    [READ_REGISTERS, 'access read holding, address 11', true],
    [READ_REGISTERS, 'access read holding, address >11', false],
    [READ_REGISTERS, 'access read input', false],
    [WRITE_COIL, 'access write coils, address 5, value 1', true],
    [WRITE_COIL, 'access write coils, address 5, value <1', false],
    [WRITE_REGISTERS, 'access write holding, address 21, value >200', true],
    [WRITE_REGISTERS, 'access write holding, address 20, value >200', false],
    [[16, 0, 0, 0xff, 0xff, 2, 0, 7], 'access write holding, address <65535, value 7', true],
    [[16, 0, 0, 0xff, 0xff, 2, 0, 7], 'access write holding, address >1, value <65535', false],
    [[15, 0, 0, 0xff, 0xff, 1, 128], 'access write coils, address 8, value 1', true],
    [[15, 0, 0, 0xff, 0xff, 1, 128], 'access write coils, address >8, value <2', false],
  ] as [number[], string, boolean][])('%j: %s is %s', (request, condition, expected) => {
    expect(holds(request, condition)).toBe(expected);
  });

  it.each([
    'nothing',
    'function',
    'function 3, subfunction',
    'subfunction 4',
    'access take',
    'access write input',
    'access read, address 3',
    'access read coils, address 3, value 1',
    'function 70000',
    'unit 9<>2',
  ])('rejects %j', condition => {
    expect(() => keyword!.parse(condition)).toThrow();
  });

  it.each([
    ['a response of another unit', READ_REGISTERS, REGISTERS, 9, 'invalid_unit_identifier'],
    ['a response of another function', READ_REGISTERS, WRITTEN, 1, 'invalid_function_code'],
    ['more data than requested', READ_REGISTERS, [3, 2, 0, 1], 1, 'value_mismatch'],
    ['an unknown exception', READ_REGISTERS, [0x83, 99], 1, 'invalid_exception_code'],
    ['an invalid quantity', [3, 0, 9, 0, 0], [0x83, 3], 1, 'invalid_value'],
    ['a truncated request', [3, 0, 9], [0x83, 3], 1, 'invalid_length'],
  ] as [string, number[], number[], number, string][])('reports %s', (_, request, response, unit, event) => {
    expect(exchanged(request, response, unit).events).toEqual([event]);
  });

  it('reports responses without a request, other protocols and invalid lengths', () => {
    const first = fed().client(message(1, READ_REGISTERS));
    expect(first.server(message(2, REGISTERS)).end().events).toEqual(['unsolicited_response']);
    const other = Buffer.concat([message(1, READ_REGISTERS), message(2, READ_REGISTERS, 1, 9)]);
    expect(fed().client(other).end().events).toEqual(['invalid_protocol_id']);
    const long = Buffer.concat([message(1, READ_REGISTERS), Buffer.alloc(20, 0xff)]);
    expect(fed().client(long).end().events).toEqual(['invalid_length']);
  });

  it('limits requests without a response', () => {
    const config = { 'app-layer': { protocols: { modbus: { 'request-flood': '2' } } } };
    const requests = Buffer.concat([1, 2, 3].map(id => message(id, READ_REGISTERS)));
    expect(fed({ config }).client(requests).end().events).toContain('flooded');
  });
});
