import { describe, expect, it } from 'vitest';
import { objectIdentifier } from '../../../modules/app/asn1/object-identifier.js';
import snmp from '../../../modules/app/snmp.js';
import { Feed } from '../../application/feed.js';
import { community, pdu, scoped, text, trap, version3 } from './message-builder.js';

function fed(client: Buffer, ...server: Buffer[]): Feed {
  const feed = new Feed([snmp], { transport: 'udp', serverPort: 161 }).client(client);
  for (const each of server) feed.server(each);
  return feed.end();
}
const VARS = { vars: ['1.3.6.1.2.1.1.385'] };

describe('snmp', () => {
  it.each([
    [
      'version 1',
      community(0, pdu(0)),
      { version: 1, pdu_type: 'get_request', ...VARS, community: 'public' },
    ],
    [
      'an error',
      community(1, pdu(2, 2)),
      { version: 2, pdu_type: 'response', error: 'NoSuchName', ...VARS, community: 'public' },
    ],
    ['version 3', version3(0, scoped), { version: 3, usm: 'admin', pdu_type: 'get_bulk_request', ...VARS }],
    [
      'an encrypted message',
      version3(3, text('secret')),
      { version: 3, usm: 'admin', pdu_type: 'encrypted' },
    ],
    [
      'a trap',
      community(0, trap),
      {
        version: 1,
        pdu_type: 'trap_v1',
        trap_type: 'linkUp',
        trap_oid: '1.3.6.1.2.1.1.385',
        trap_address: '192.0.2.1',
        ...VARS,
        community: 'public',
      },
    ],
  ])('logs %s', (_, message, expected) => {
    const feed = fed(message);
    expect(feed.records).toEqual([{ snmp: expected }]);
    expect(feed.events).toEqual([]);
  });

  it('gives rules version, community and type', () => {
    const { transactions } = fed(community(0, trap));
    const [version, type, trapType] = snmp.values.map(({ get }) => get(transactions[0] as never, true));
    expect([version, type, trapType]).toEqual([[1], [4], [3]]);
    expect(Buffer.from(snmp.buffers[0]!.get(transactions[0] as never, true, 0)!).toString()).toBe('public');
  });

  it.each([
    ['an unreadable message', community(1, pdu(0)).subarray(0, 20), 'malformed_data'],
    ['another version', community(0, pdu(2)), 'version_mismatch'],
    ['a negative version', community(0xff, pdu(2)), 'malformed_data'],
  ])('reports %s', (_, answer, event) => {
    expect(fed(community(1, pdu(0)), answer).events).toEqual([event]);
  });

  it('reports an unknown security model', () => {
    expect(fed(version3(0, scoped, 9)).events).toEqual(['unknown_security_model']);
  });

  it('logs object identifiers', () => {
    expect(objectIdentifier(Uint8Array.of(0x88, 0x37, 3))).toBe('2.999.3');
    expect(objectIdentifier(Uint8Array.of(1))).toBe('0.1');
    // A number derived from a UUID.
    const uuid = Uint8Array.of(0x69, 0x83, ...Array(17).fill(0xff), 0x7f);
    expect(objectIdentifier(uuid)).toBe(`2.25.${2n ** 128n - 1n}`);
    expect(objectIdentifier(Uint8Array.of(0x2a, ...Array(30).fill(0xff), 0x7f))).toBe('1.2');
    expect(objectIdentifier(Uint8Array.of(...Array(9).fill(0xff), 0x7f))).toBe(`2.${2n ** 70n - 81n}`);
    expect(objectIdentifier(new Uint8Array(1000)).split('.').length).toBeLessThanOrEqual(129);
  });
});
