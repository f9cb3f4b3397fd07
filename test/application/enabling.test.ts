/** How protocols are enabled and disabled. */
import { expect, it } from 'vitest';
import { PROTOCOL_OPTIONS, parserMode } from '../../engine/application/load-protocols.js';
import { Config } from '../../engine/config/config.js';
import { DeclaredOptions } from '../../engine/config/declared.js';
import ssh from '../../modules/app/ssh.js';

const tree = (enabled: unknown) => ({ 'app-layer': { protocols: { ssh: { enabled } } } });

it.each([
  [true, 'yes'],
  ['yes', 'yes'],
  ['no', 'no'],
  ['detection-only', 'detection-only'],
  [null, 'yes'],
])('%j is %s', (value, meant) => {
  expect(parserMode(ssh, new Config(tree(value)))).toBe(meant);
  expect(new DeclaredOptions(PROTOCOL_OPTIONS).check(tree(value))).toEqual([]);
});

it('an invalid value is reported', () => {
  expect(new DeclaredOptions(PROTOCOL_OPTIONS).check(tree('maybe'))).toEqual([
    expect.objectContaining({
      path: 'app-layer.protocols.ssh.enabled',
      message: '"maybe" is invalid, expected yes, no or detection-only',
    }),
  ]);
});
