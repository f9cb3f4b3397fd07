import { expect, it } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { mergeKeys } from '../../engine/config/merge-keys.js';

const found = (tree: unknown) => mergeKeys(new Config(tree as ConfigTree));

it.each<[unknown, string[]]>([
  [{}, []],
  [{ a: { b: ['<<', null, 1] } }, []],
  [{ '<<': { a: 1 } }, ['<<']],
  [{ outputs: [{ 'eve-log': { '<<': { enabled: 'yes' }, types: [] } }] }, ['outputs.0.eve-log.<<']],
])('%j', (tree, paths) => {
  expect(found(tree).map(({ path }) => path)).toEqual(paths);
});

it('is a warning with the remedy', () => {
  const [{ isWarning, message }] = found({ '<<': {} }) as [ReturnType<typeof found>[number]];
  expect(isWarning).toBe(true);
  expect(message).toMatch(/merge keys .*\(include: FILE\)/);
});
