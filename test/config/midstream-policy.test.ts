import { expect, test } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { midstreamPolicyOf } from '../../engine/exception-policy.js';

/** The resulting policy: the given one, another, or `error`. */
function policy(mode: string, midstream: boolean, name: string): string {
  const config = new Config({
    'engine-mode': mode,
    stream: { midstream, 'midstream-policy': name },
  } as ConfigTree);
  try {
    return midstreamPolicyOf(config);
  } catch {
    return 'error';
  }
}

const NAMES = ['ignore', 'drop-flow', 'drop-packet', 'reject', 'pass-flow', 'pass-packet', 'bypass', 'auto'];

test.each([
  ['ids', true, 'ignore error error error pass-flow error error ignore'],
  ['ids', false, 'ignore error error reject pass-flow error bypass ignore'],
  ['ips', true, 'ignore error error error pass-flow error error ignore'],
  ['ips', false, 'ignore drop-flow error reject pass-flow error bypass drop-flow'],
])('%s, midstream %s', (mode, midstream, expected) => {
  expect(NAMES.map(name => policy(mode, midstream, name)).join(' ')).toBe(expected);
});
