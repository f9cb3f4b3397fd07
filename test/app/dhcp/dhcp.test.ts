import { describe, expect, it } from 'vitest';
import dhcp from '../../../modules/app/dhcp.js';
import { Feed } from '../../application/feed.js';
import { ACK, DISCOVER, message } from './message-builder.js';

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
  it('logs messages with extended: yes', () => {
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

  it('logs only address leases by default', () => {
    expect(fed(DISCOVER, ACK, outputs('no')).records).toEqual([
      { dhcp: { type: 'reply', ...HEADER, dhcp_type: 'ack', renewal_time: 32768 } },
    ]);
  });

  it('logs times', () => {
    const [transaction] = fed(ACK).transactions;
    expect(dhcp.values.map(({ get }) => get(transaction as never, true))).toEqual([
      [65536],
      [49152],
      [32768],
    ]);
  });

  it('reads options in overloaded name fields', () => {
    const overloaded = message(1, [[52, 3]]);
    overloaded.set([12, 1, 0x61, 255], 108);
    overloaded.set([53, 1, 8, 255], 44);
    expect(fed(overloaded).records[0]!.dhcp).toMatchObject({ dhcp_type: 'inform', hostname: 'a' });
  });

  it.each([
    [
      'a truncated option',
      Buffer.concat([message(1, [[53, 1]]).subarray(0, 243), Buffer.from([12, 9])]),
      'truncated_options',
    ],
    ['options without an end', message(1, [[53, 1]], false), 'malformed_options'],
  ])('reports %s', (_, bytes, event) => expect(fed(bytes).events).toEqual([event]));

  it('does not detect other data', () => expect(fed(Buffer.alloc(300, 1)).records).toEqual([]));
});
