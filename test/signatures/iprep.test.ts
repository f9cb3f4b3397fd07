import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { load, withOptions } from './rules.js';

const folder = mkdtempSync(join(tmpdir(), 'iprep-rules-'));
writeFileSync(join(folder, 'categories.txt'), '1,CnC,Command and control\r\n60,Far,Too far\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaded = (options: string, file: string) => {
  const config = new Config({
    'reputation-categories-file': file,
    'default-reputation-path': folder,
  });
  return load(withOptions(options), { config });
};
const refusal = (options: string, file = 'categories.txt') => loaded(options, file).errors[0]?.message;

test.each([
  ['iprep:src,CnC,>,30;', undefined],
  ['iprep:src,CnC,isset;', undefined],
  ['iprep:src,Far,>,30;', 'unknown iprep category "Far"'],
  ['iprep:src,Other,isset;', 'unknown iprep category "Other"'],
  ['iprep:src,CnC,>,128;', 'iprep values range from 0 to 127'],
])('%s is rejected', (options, reason) => expect(refusal(options)).toBe(reason));

test('without a file, no category is known', () =>
  expect(refusal('iprep:src,CnC,isset;', '')).toBe('unknown iprep category "CnC"'));

test.each([
  ['categories.txt', 'categories.txt line 2 is invalid: 60,Far,Too far'],
  ['none.txt', 'no such file'],
])('errors in %s are reported with those of rules', (file, problem) =>
  expect(loaded('iprep:src,CnC,isset;', file).warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining(problem),
  ]),
);
