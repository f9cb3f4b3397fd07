import { describe, expect, it } from 'vitest';
import dhcp from '../../../modules/app/dhcp.js';
import { Feed } from '../../application/feed.js';

/** @param options codes with their data; the end comes behind them */
function message(kind: number, options: readonly (readonly [number, ...number[]])[], end = true): Buffer {
  const header = Buffer.alloc(240);
  header.set([kind, 1, 6, 0, 0x12, 0x34, 0x56, 0x78]);
  header.set([192, 0, 2, 9], 16);
  header.set([192, 0, 2, 1], 24);
  header.set([2, 0, 0, 0, 0, 7], 28);
  header.set([0x63, 0x82, 0x53, 0x63], 236);
  const list = options.map(([code, ...data]) => Buffer.from([code, data.length, ...data]));
  return Buffer.concat([header, ...list, Buffer.from(end ? [0, 255] : [0])]);
}
const text = (value: string): number[] => [...Buffer.from(value)];

const ACK = message(2, [
  [53, 5],
  [1, 255, 255, 255, 0],
  [3, 192, 0, 2, 1],
  [6, 192, 0, 2, 2, 192, 0, 2, 3],
  [51, 0, 1, 0, 0],
  [58, 0, 0, 0x80, 0],
  [59, 0, 0, 0xc0, 0],
]);
const DISCOVER = message(1, [
  [53, 1],
  [61, 1, 2, 0, 0, 0, 0, 7],
  [12, ...text('host')],
  [50, 192, 0, 2, 5],
  [60, ...text('vendor')],
  [55, 1, 3, 6, 200],
]);

const outputs = (extended: string) => ({ outputs: [{ 'eve-log': { types: [{ dhcp: { extended } }] } }] });
const fed = (client: Buffer, server?: Buffer, config = outputs('yes')) => {
  const feed = new Feed([dhcp], { transport: 'udp', serverPort: 67, config }).client(client);
  return (server ? feed.server(server) : feed).end();
};
const HEADER = {
  id: 0x12345678,
  client_mac: '02:00:00:00:00:07',
  assigned_ip: '192.0.2.9',
};
const EXTENDED = { ...HEADER, client_ip: '0.0.0.0', relay_ip: '192.0.2.1', next_server_ip: '0.0.0.0' };

describe('dhcp', () => {
  it('tells messages at length', () => {
    expect(fed(DISCOVER, ACK).records.map(each => each.dhcp)).toEqual([
      {
        type: 'request',
        ...EXTENDED,
        dhcp_type: 'discover',
        client_id: '02:00:00:00:00:07',
        hostname: 'host',
        requested_ip: '192.0.2.5',
        vendor_class_identifier: 'vendor',
        params: ['subnet_mask', 'router', 'dns_server'],
      },
      {
        type: 'reply',
        ...EXTENDED,
        dhcp_type: 'ack',
        subnet_mask: '255.255.255.0',
        routers: ['192.0.2.1'],
        dns_servers: ['192.0.2.2', '192.0.2.3'],
        lease_time: 65536,
        renewal_time: 32768,
        rebinding_time: 49152,
      },
    ]);
  });

  it('tells only who has which address', () => {
    expect(fed(DISCOVER, ACK, outputs('no')).records).toEqual([
      { dhcp: { type: 'reply', ...HEADER, dhcp_type: 'ack', renewal_time: 32768 } },
    ]);
  });

  it('gives times', () => {
    const [transaction] = fed(ACK).transactions;
    expect(dhcp.values.map(({ get }) => get(transaction as never, true))).toEqual([
      [65536],
      [49152],
      [32768],
    ]);
  });

  it('reads options where names are otherwise', () => {
    const overloaded = message(1, [[52, 3]]);
    overloaded.set([12, 1, 0x61, 255], 108);
    overloaded.set([53, 1, 8, 255], 44);
    expect(fed(overloaded).records[0]!.dhcp).toMatchObject({ dhcp_type: 'inform', hostname: 'a' });
  });

  it.each([
    [
      'an option that is cut',
      Buffer.concat([message(1, [[53, 1]]).subarray(0, 243), Buffer.from([12, 9])]),
      'truncated_options',
    ],
    ['options without an end', message(1, [[53, 1]], false), 'malformed_options'],
  ])('reports %s', (_, bytes, event) => expect(fed(bytes).events).toEqual([event]));

  it('is nothing else', () => expect(fed(Buffer.alloc(300, 1)).records).toEqual([]));
});
