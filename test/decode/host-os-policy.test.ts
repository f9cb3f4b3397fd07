import { describe, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { DeclaredOptions } from '../../engine/config/declared.js';
import { parseNetwork } from '../../engine/prefix-table.js';
import {
  fragmentClass,
  HOST_OS,
  HostOsPolicy,
  hostOsOptions,
  tcpClass,
} from '../../engine/stream/host-os-policy.js';
import { address4, address6 } from '../packets/builder.js';

const policies = (tree: unknown) => new HostOsPolicy(new Config({ 'host-os-policy': tree }));
const of4 = (table: HostOsPolicy, address: string) => table.policyOf(address4(address), 0, 4);
const of6 = (table: HostOsPolicy, address: string) => table.policyOf(address6(address), 0, 6);

describe('host-os-policy', () => {
  const table = policies({
    windows: ['0.0.0.0/0'],
    linux: ['10.0.0.0/8', '192.168.1.100', '2001:db8::/32', '2001:db8::1'],
    bsd: [],
    solaris: '10.1.0.0/16, 10.2.0.0/15',
    vista: ['2001:db8:1::/48'],
  });

  test.each([
    ['1.2.3.4', 'windows'],
    ['10.3.255.255', 'solaris'],
    ['10.4.0.0', 'linux'],
    ['10.1.2.3', 'solaris'],
    ['192.168.1.100', 'linux'],
    ['192.168.1.101', 'windows'],
  ])('%s is %s', (address, os) => expect(of4(table, address)).toBe(os));

  test.each([
    ['2001:db8::7', 'linux'],
    ['2001:db8:1::7', 'vista'],
    ['2001:db9::', 'bsd'],
  ])('%s is %s', (address, os) => expect(of6(table, address)).toBe(os));

  test('bsd without an entry', () => expect(of4(policies({}), '1.2.3.4')).toBe('bsd'));

  test.each([
    ['an unknown system', { lunix: ['0.0.0.0/0'] }, '.lunix: unknown key'],
    [
      'no network',
      { bsd: [], linux: ['10.0.0.0/33'] },
      '.linux: ["10.0.0.0/33"] is invalid, expected an address or network',
    ],
    ['a text', 'linux', ': "linux" is invalid, expected operating systems'],
  ])('is rejected: %s', (_, tree, message) => {
    const found = new DeclaredOptions(hostOsOptions).check({ 'host-os-policy': tree });
    expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      expect.stringContaining(`host-os-policy${message}`),
    ]);
  });

  test('an invalid entry leaves the others in effect', () => {
    const table = policies({ linux: ['10.0.0.0/33', '10.0.0.0/8'], vista: ['192.0.2.0/24'] });
    expect([of4(table, '10.0.0.1'), of4(table, '192.0.2.1')]).toEqual(['bsd', 'vista']);
  });

  test('every system has a TCP and a fragment class', () => {
    for (const os of HOST_OS) expect([tcpClass(os), fragmentClass(os)]).not.toContain(undefined);
  });
});

test.each([
  ['10.0.0.0/8', 8],
  ['10.0.0.1', 32],
  ['::/0', 0],
  ['::1', 128],
])('%s is a network', (text, prefix) => expect(parseNetwork(text)?.prefix).toBe(prefix));

test.each(['10.0.0.0/', '10.0.0.0/33', '10.0.0', '::/129', '10.0.0.0/8/8', 'x'])(
  '%s is not a network',
  text => expect(parseNetwork(text)).toBeUndefined(),
);
