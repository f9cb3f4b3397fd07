import { expect, it } from 'vitest';
import { PROBING_OPTIONS, probingPorts } from '../../engine/application/probing.js';
import { Config } from '../../engine/config/config.js';
import { DeclaredOptions } from '../../engine/config/declared.js';
import type { Protocol } from '../../engine/protocol.js';

const protocol = { name: 'toy', recognition: { ports: { tcp: [7] } } } as unknown as Protocol;
const configured = (dp: unknown) => ({ 'app-layer': { protocols: { toy: { 'detection-ports': { dp } } } } });
const portsOf = (dp: unknown) => probingPorts(protocol, 'tcp', new Config(configured(dp) as never));
const declared = new DeclaredOptions(PROBING_OPTIONS);

it.each([
  [null, [7]],
  [53, [53]],
  ['139, 445', [139, 445]],
  ['[53, 5353]', [53, 5353]],
  [
    ['80', '1000:1002'],
    [80, 1000, 1001, 1002],
  ],
  ['65534:', [65534, 65535]],
  [':1', [0, 1]],
  ['', []],
])('ports %j are parsed as %j', (dp, ports) => {
  expect(portsOf(dp)).toEqual(ports);
  expect(declared.check(configured(dp))).toEqual([]);
});

it('any means every port', () => {
  expect(portsOf('any')).toHaveLength(65536);
});

it.each(['http', '70000', '10:5', '!53', '53-55'])('ports %j are rejected', dp => {
  expect(declared.check(configured(dp))[0]!.message).toBe(
    `${JSON.stringify(dp)} is invalid, expected ports such as 53, [53, 5353], 1000:1010 or any`,
  );
  expect(portsOf(dp)).toEqual([]);
});
