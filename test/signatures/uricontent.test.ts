/** The deprecated keyword uricontent, which can be disabled by the configuration. */
import { expect, test } from 'vitest';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import http from '../../modules/app/http.js';
import { loadRuleText } from '../../signatures/load-rules.js';

const RULE = 'alert http any any -> any any (uricontent:"/a"; sid:1;)\n';
const errors = (tree: ConfigTree) =>
  loadRuleText(RULE, 'x.rules', { config: new Config(tree), protocols: [http] as never }).errors.map(
    ({ message }) => message,
  );

test('uricontent is accepted unless disabled', () => {
  expect(errors({})).toEqual([]);
  expect(errors({ legacy: { uricontent: 'enabled' } })).toEqual([]);
  expect(errors({ legacy: { uricontent: 'disabled' } })).toEqual([
    'uricontent is deprecated and disabled by legacy.uricontent',
  ]);
});
