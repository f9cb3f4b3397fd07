import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseAddress } from '../../engine/address.js';
import { CommunityId } from '../../engine/community-id.js';
import * as FlowRecord from '../../engine/flow/flow-record.js';

interface Conversation {
  client: string;
  server: string;
  protocol: number;
  ports?: [number, number];
  icmp?: [number, number];
}

function idOf({ client, server, protocol, ports = [0, 0], icmp = [0, 0] }: Conversation, seed = 0): string {
  const { row, bytes } = FlowRecord.flowRows(new SharedArrayBuffer(2 * FlowRecord.INTS * 4));
  const f = FlowRecord.INTS;
  bytes.set(parseAddress(client)!, (f + FlowRecord.CLIENT_ADDRESS) * 4);
  bytes.set(parseAddress(server)!, (f + FlowRecord.SERVER_ADDRESS) * 4);
  row[f + FlowRecord.IP_VERSION] = client.includes(':') ? 6 : 4;
  row[f + FlowRecord.PROTOCOL] = protocol;
  [row[f + FlowRecord.CLIENT_PORT], row[f + FlowRecord.SERVER_PORT]] = ports;
  [row[f + FlowRecord.ICMP_TYPE], row[f + FlowRecord.ICMP_CODE]] = icmp;
  const out = new Uint8Array(40);
  return Buffer.from(out.subarray(0, new CommunityId(seed).write(row, bytes, 1, out, 0))).toString();
}

/** The definition, with a hash that is known to be right. */
function expected(seed: number, low: string, high: string, protocol: number, ports: number[]): string {
  const parts = [[seed >> 8, seed & 255], parseAddress(low)!, parseAddress(high)!, [protocol, 0]];
  const hash = createHash('sha1').update(
    Buffer.concat([...parts, ports.flatMap(p => [p >> 8, p & 255])].map(p => Buffer.from(p))),
  );
  return `1:${hash.digest('base64')}`;
}

const A = '128.232.110.120';
const B = '66.35.250.204';

test('Community IDs agree with the published example, in both directions', () => {
  const id = '1:LQU9qZlK+B5F3KDmev6m5PMibrg=';
  expect(idOf({ client: A, server: B, protocol: 6, ports: [34855, 80] })).toBe(id);
  expect(idOf({ client: B, server: A, protocol: 6, ports: [80, 34855] })).toBe(id);
});

test('ports decide the order if addresses are equal; the seed changes the id', () => {
  const same = { client: A, server: A, protocol: 17 };
  const id = expected(1234, A, A, 17, [1, 256]);
  expect(idOf({ ...same, ports: [1, 256] }, 1234)).toBe(id);
  expect(idOf({ ...same, ports: [256, 1] }, 1234)).toBe(id);
});

test('IPv6 and protocols without ports have Community IDs', () => {
  expect(idOf({ client: 'fe80::2', server: 'fe80::1', protocol: 132, ports: [5, 6] })).toBe(
    expected(0, 'fe80::1', 'fe80::2', 132, [6, 5]),
  );
  expect(idOf({ client: A, server: B, protocol: 46 })).toBe(expected(0, B, A, 46, []));
});

test('ICMP pairs a type with its reply type; a type without a reply keeps its direction', () => {
  expect(idOf({ client: A, server: B, protocol: 1, icmp: [8, 0] })).toBe(expected(0, B, A, 1, [0, 8]));
  expect(idOf({ client: B, server: A, protocol: 1, icmp: [0, 0] })).toBe(expected(0, B, A, 1, [0, 8]));
  expect(idOf({ client: A, server: B, protocol: 1, icmp: [3, 13] })).toBe(expected(0, A, B, 1, [3, 13]));
  expect(idOf({ client: 'fe80::2', server: 'fe80::1', protocol: 58, icmp: [135, 0] })).toBe(
    expected(0, 'fe80::1', 'fe80::2', 58, [136, 135]),
  );
});
