import { describe, expect, it } from 'vitest';
import { TESTS, VALUES } from '../../../modules/app/enip/keywords.js';
import enip from '../../../modules/app/enip.js';
import { Feed, type FeedOptions } from '../../application/feed.js';
import { cip, identity, le16, message, multiple, request, response } from './message-builder.js';

const on = { 'app-layer': { protocols: { enip: { enabled: 'yes', 'max-tx': 2 } } } };
const feed = (options: FeedOptions = {}): Feed =>
  new Feed([enip], { serverPort: 44818, config: on, ...options });
const valuesOf = (fed: Feed, keyword: string, toServer: boolean) =>
  VALUES.find(each => each.keyword === keyword)!.get(fed.transactions[0]! as never, toServer);

describe('enip', () => {
  it('pairs requests and responses', () => {
    const fed = feed().client(cip(request)).server(cip(response)).end();
    expect(fed.records).toEqual([
      {
        enip: {
          request: {
            command: 'send_rr_data',
            status: 'success',
            cip: {
              service: 'Get Attribute Single',
              path: [
                { segment_type: 'class', value: 2 },
                { segment_type: 'instance', value: 1 },
                { segment_type: 'attribute', value: 7 },
              ],
              class_name: 'Message Router',
            },
          },
          response: {
            command: 'send_rr_data',
            status: 'success',
            cip: {
              service: 'Get Attribute Single',
              status: 'Path destination unknown',
              status_extended: '1234',
            },
          },
        },
      },
    ]);
    expect(valuesOf(fed, 'enip.cip_class', true)).toEqual([2]);
    expect(valuesOf(fed, 'enip.cip_attribute', true)).toEqual([7]);
    expect(valuesOf(fed, 'enip.cip_status', false)).toEqual([5]);
    expect(valuesOf(fed, 'enip.cip_extendedstatus', false)).toEqual([0x1234]);
  });

  it('parses Multiple Service Packets', () => {
    const test = TESTS[0]!;
    const fed = feed().client(cip(multiple)).end();
    const matches = (argument: string) =>
      test.matches(fed.transactions[0]! as never, true, test.parse(argument));
    expect(['10', '14', '14,2', '14,2,7', '14,3', '15'].map(matches)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(() => test.parse('500')).toThrow('expected service');
  });

  it('keeps little memory for many services with one long path', () => {
    const path = Array.from({ length: 255 }, () => [0x20, 2]).flat();
    const at = Array.from({ length: 64 }, () => le16(130));
    const head = Uint8Array.of(0x0a, 2, 0x20, 2, 0x24, 1);
    const fed = feed().client(cip(head, le16(64), ...at, Uint8Array.of(0x0e, 255, ...path)));
    const classes = valuesOf(fed.end(), 'enip.cip_class', true) as number[];
    expect([classes.length, new Set(classes).size]).toEqual([1 + 64 * 32, 1]);
  });

  it('logs the content of Multiple Service Packets, and registrations', () => {
    const fed = feed()
      .client(cip(multiple))
      .client(message(0x65, le16(1), le16(2)))
      .end();
    const [many, registration] = fed.records.map(({ enip: { request: each } }) => each);
    expect(many.cip.service).toBe('Multiple Service Packet');
    expect(many.cip.multiple[0]).toMatchObject({
      service: 'Get Attribute Single',
      class_name: 'Message Router',
    });
    expect(registration.register_session).toEqual({ protocol_version: 1, options: 2 });
  });

  it('pairs a registration and its response, although the session has no number before', () => {
    const registered = message(0x65, le16(1), le16(0));
    registered[4] = 9;
    const fed = feed()
      .client(message(0x65, le16(1), le16(0)))
      .server(registered);
    expect(
      fed.records.map(
        ({
          enip: {
            request: { command },
            response: { status },
          },
        }) => [command, status],
      ),
    ).toEqual([['register_session', 'success']]);
  });

  it('expects no response to commands without one', () => {
    const fed = feed();
    for (let i = 0; i < 3; i++) fed.client(message(0)).client(message(0x66));
    expect(fed.records).toHaveLength(6);
    expect(fed.events).toEqual([]);
  });

  it('logs the identity of a device, also over UDP', () => {
    const fed = feed({ transport: 'udp' }).client(message(0x63)).server(identity('switch')).end();
    expect(fed.records[0]!.enip.response.identity).toMatchObject({
      product_name: 'switch',
      revision: '3.1',
      serial: 9,
      vendor_id: 'unknown-5',
      device_type: 'Communications Adapter',
    });
    expect(valuesOf(fed, 'enip.vendor_id', false)).toEqual([5]);
  });

  it.each(['tcp', 'udp'] as const)('has frames over %s', transport => {
    const config = { ...on, outputs: [{ 'eve-log': { types: ['frame'] } }] };
    const sent = cip(request);
    const { frameRecords } = feed({ config, transport }).client(sent).client(message(0x63)).end();
    expect(frameRecords.map(({ type, length }) => [type, length])).toEqual([
      ['pdu', sent.length],
      ['hdr', 24],
      ['data', sent.length - 24],
      ['pdu', 24],
      ['hdr', 24],
    ]);
  });

  it('logs the same with any segmentation', () => {
    const cut = feed()
      .pieces(true, cip(request), () => 5)
      .pieces(false, cip(response), () => 5)
      .end();
    expect(cut.records).toEqual(feed().client(cip(request)).server(cip(response)).end().records);
  });

  it('reports invalid messages, and requests without responses', () => {
    const fed = feed().client(cip(request)).client(message(0x999)).end();
    expect(fed.events).toEqual(['malformed_data']);
    const many = feed()
      .client(Buffer.concat([cip(request), cip(request), cip(request)]))
      .end();
    expect(many.events).toEqual(['too_many_transactions']);
  });

  it('reports bodies that are too short for their commands', () => {
    const short = [message(0x65, le16(1)), message(0x6f, new Uint8Array(7)), message(0x63, le16(1))];
    for (const each of short) expect(feed().client(each).end().events).toEqual(['invalid_pdu']);
    const right = [message(0x63), message(0x65, le16(1), le16(0)), cip(request)];
    for (const each of right) expect(feed().client(each).end().events).toEqual([]);
    expect(feed().client(message(0x63)).server(identity('switch')).end().events).toEqual([]);
  });

  it('continues behind a gap at the beginning of a message', () => {
    const fed = feed().client(cip(request)).server(cip(response));
    fed.client(cip(request).slice(0, 10)).gap(true, 20).client('the rest').client(message(4));
    expect(fed.end().records.map(each => each.enip.request.command)).toEqual([
      'send_rr_data',
      'list_services',
    ]);
  });

  it('is parsed only if enabled', () => {
    expect(feed({ config: {} }).client(cip(request)).end().records).toEqual([]);
  });
});
