import { describe, expect, test } from 'vitest';
import { indexAddresses, intervalOf } from '../../signatures/compile/address-index.js';
import { AddressSets, hasAddress4, hasPort, PortSets } from '../../signatures/compile/address-sets.js';
import { ApplicationSets, holdsApplication } from '../../signatures/compile/application-sets.js';
import { selectivityOf } from '../../signatures/compile/fast-pattern.js';
import { groupByPort } from '../../signatures/compile/port-groups.js';
import type { PortSet } from '../../signatures/signature.js';
import { sensorFor } from '../detect/sensor.js';

const any: PortSet = [[0, 65535]];

describe('port groups', () => {
  const members = [
    { signature: 0, ports: [any] },
    { signature: 1, ports: [[[80, 80]]] as PortSet[] },
    { signature: 2, ports: [[[80, 90]]] as PortSet[] },
    { signature: 3, ports: [[[1024, 65535]]] as PortSet[] },
  ];
  const at = (most: number, port: number) => {
    const { groupOf, groups, anyPort } = groupByPort(members, most);
    return [...anyPort, ...groups[groupOf[port]!]!];
  };

  test('every port has its signatures and no others', () => {
    expect(at(255, 80)).toEqual([0, 1, 2]);
    expect(at(255, 85)).toEqual([0, 2]);
    expect(at(255, 22)).toEqual([0]);
    expect(at(255, 50000)).toEqual([0, 3]);
  });

  test.each([1, 2, 3])('%d groups omit no signature', most => {
    expect(groupByPort(members, most).groups.length).toBeLessThanOrEqual(most);
    for (const [port, wanted] of [
      [80, 1],
      [85, 2],
      [50000, 3],
    ] as const)
      expect(at(most, port)).toContain(wanted);
  });
});

test('any number of application protocols is supported', () => {
  const sets = new ApplicationSets();
  const names = Array.from({ length: 100 }, (_, i) => `protocol${i}`);
  const numbers = names.map(name => sets.setOf([name, 'protocol0']));
  const image = { applicationNames: sets.names, applicationSets: sets.table() };
  const holds = (set: number) => names.filter((_, i) => holdsApplication(image, set, i));
  expect([holds(numbers[70]!), holds(numbers[99]!)]).toEqual([
    ['protocol0', 'protocol70'],
    ['protocol0', 'protocol99'],
  ]);
});

test('ports that each of very many signatures excludes create no groups', () => {
  const excluding = Array.from({ length: 20_000 }, (_, i) => ({
    signature: i,
    ports: [
      [
        [0, i],
        [i + 2, 65535],
      ],
    ] as PortSet[],
  }));
  const own = { signature: 20_000, ports: [[[80, 80]]] as PortSet[] };
  const { anyPort, groups, groupOf } = groupByPort([...excluding, own], 40);
  expect([anyPort.length, groups.length, groups[groupOf[80]!]]).toEqual([20_000, 2, [20_000]]);
});

describe('addresses', () => {
  const set = (...v4: [number, number][]) => ({ any: false, v4, v6: [] });

  test('sets are searched by range', () => {
    const sets = new AddressSets();
    const number = sets.numberOf(set([10, 20], [30, 30], [0xffffff00, 0xffffffff]));
    expect(sets.numberOf(set([10, 20], [30, 30], [0xffffff00, 0xffffffff]))).toBe(number);
    const has = (address: number) => hasAddress4(sets.table(), number, address);
    expect([9, 10, 20, 21, 30, 0xfffffeff, 0xffffffff].map(has)).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('the index gives the signatures of each address', () => {
    const index = indexAddresses([
      { signature: 1, set: set([10, 20]) },
      { signature: 2, set: set([15, 0xffffffff]) },
    ]);
    const at = (address: number) => {
      const piece = intervalOf(index, address);
      return [...index.signatures.subarray(index.starts[piece]!, index.starts[piece + 1]!)];
    };
    expect([0, 10, 15, 20, 21, 0xffffffff].map(at)).toEqual([[], [1], [1, 2], [1, 2], [2], [2]]);
  });

  test('ports', () => {
    const sets = new PortSets();
    expect(sets.numberOf(any)).toBe(-1);
    const number = sets.numberOf([
      [1, 2],
      [80, 80],
    ]);
    expect([0, 1, 2, 3, 80, 81].map(port => hasPort(sets.table(), number, port))).toEqual([
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('a compiled rule set', () => {
  test('signatures are in the order of evaluation', async () => {
    const { image } = await sensorFor(`
      alert udp any any -> any any (content:"a"; priority:3; sid:1;)
      alert udp any any -> any any (content:"a"; priority:1; sid:2;)
      drop udp any any -> any any (content:"a"; sid:3;)
      pass udp any any -> any any (content:"a"; sid:4;)
      alert udp any any -> any any (content:"a"; flowbits:set,x; sid:5;)`);
    const { signatureAt } = await import('../../signatures/compile/image.js');
    const sids = Array.from({ length: image.count }, (_, i) => signatureAt(image, i).sid);
    expect(sids).toEqual([4, 3, 5, 2, 1]);
  });

  test('equal sets of patterns share a database', async () => {
    const { image } = await sensorFor(`
      alert udp any any -> any 53 (content:"pattern"; sid:1;)
      alert udp any any -> any 54 (content:"pattern"; sid:2;)
      alert icmp any any -> any any (content:"pattern"; sid:3;)`);
    expect(image.databases.length).toBe(1);
    expect(image.searches.databases.length).toBeGreaterThan(1);
  });

  test('rare bytes count more than frequent and repeated ones', () => {
    expect(selectivityOf('\x00\x00\x00\x00')).toBeLessThan(selectivityOf('ab'));
    expect(selectivityOf('abab')).toBeLessThan(selectivityOf('abcd'));
  });
});
