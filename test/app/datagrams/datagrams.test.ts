import { describe, expect, it } from 'vitest';
import ntp from '../../../modules/app/ntp.js';
import tftp from '../../../modules/app/tftp.js';
import { Feed } from '../../application/feed.js';

describe('ntp', () => {
  const packet = (first: number, length = 48) =>
    Buffer.concat([Buffer.from([first, 2]), Buffer.alloc(length - 2, 0x41)]);
  const fed = (client: Uint8Array, server: Uint8Array) =>
    new Feed([ntp], { transport: 'udp', serverPort: 123 }).client(client).server(server).end();

  it('logs each packet', () => {
    const feed = fed(packet(0x23), packet(0x1c));
    expect(feed.records).toEqual([
      { ntp: { version: 4, mode: 3, stratum: 2, reference_id: '41:41:41:41' } },
      { ntp: { version: 3, mode: 4, stratum: 2, reference_id: '41:41:41:41' } },
    ]);
    expect(feed.updates.map(({ toServer }) => toServer)).toEqual([true, false]);
  });

  it.each([
    ['a truncated packet', packet(0x23), packet(0x24, 20), 'malformed_data'],
    ['a response sent as a request', packet(0x24), packet(0x24), 'not_request'],
    ['a request sent as a response', packet(0x23), packet(0x23), 'not_response'],
  ])('reports %s', (_, client, server, event) => {
    const feed = fed(client, server);
    expect(feed.events).toEqual([event]);
    expect(feed.thread.counters.read('app_layer.error.ntp.parser')).toBe(event === 'malformed_data' ? 1 : 0);
  });
});

describe('tftp', () => {
  const fed = (text: string) => new Feed([tftp], { transport: 'udp', serverPort: 69 }).client(text).end();

  it('logs requests', () => {
    expect(fed('\0\x01a.txt\0octet\0').records).toEqual([
      { tftp: { packet: 'read', file: 'a.txt', mode: 'octet' } },
    ]);
    expect(fed('\0\x02b\0NETASCII\0blksize\x008\0').records).toEqual([
      { tftp: { packet: 'write', file: 'b', mode: 'netascii' } },
    ]);
  });

  it.each(['\0\x03\0\x01data', '\0\x01a.txt', '\0\x01\0octet\0', '\0\x01a\0other\0', '\0'])(
    'does not detect %j',
    text => {
      expect(fed(text).records).toEqual([]);
    },
  );
});
