import { expect, it } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { enabledOutputs } from '../../engine/config/output-list.js';
import { checkOutputList } from '../../engine/config/output-list-check.js';

const found = (outputs: unknown): string[] =>
  checkOutputList(new Config({ outputs } as ConfigTree)).map(
    ({ path, message, isWarning }) => `${isWarning ? 'warning ' : ''}${path}: ${message.replace(/:.*/, '')}`,
  );

it.each<[unknown, string[]]>([
  [undefined, []],
  [null, []],
  [['stats', { fast: { enabled: 'yes' } }, null, 3, {}], []],
  [[{ 'eve-log': { types: ['alert', { dns: null }] } }], []],
  [{ fast: { enabled: 'yes' } }, ['outputs: expected a list']],
  [
    [
      { fast: null, enabled: 'no' },
      { 'eve-log': {}, 'http-log': {} },
    ],
    [
      'outputs.0.enabled: has no effect next to fast in one item',
      'outputs.1.http-log: has no effect next to eve-log in one item',
    ],
  ],
  [
    [{ 'eve-log': { types: ['alert', { dns: null, enabled: 'no' }] } }],
    ['warning outputs.0.eve-log.types.1.enabled: has no effect next to dns in one item'],
  ],
])('%j', (outputs, expected) => {
  expect(found(outputs)).toEqual(expected);
});

it('the first name of an item counts', () => {
  const config = new Config({ outputs: [{ fast: null, 'eve-log': {} }, 'stats'] });
  expect(enabledOutputs(config).map(({ name }) => name)).toEqual(['fast', 'stats']);
});
