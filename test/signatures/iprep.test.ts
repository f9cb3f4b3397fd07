import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { load, withOptions } from './rules.js';

const folder = mkdtempSync(join(tmpdir(), 'iprep-rules-'));
writeFileSync(join(folder, 'categories.txt'), '1,CnC,Command and control\r\n60,Far,Too far\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusal = (options: string, file = 'categories.txt') => {
  const config = new Config({
    'reputation-categories-file': file,
    'default-reputation-path': folder,
  });
  return load(withOptions(options), { config }).errors[0]?.message;
};

test.each([
  ['iprep:src,CnC,>,30;', undefined],
  ['iprep:src,CnC,isset;', undefined],
  ['iprep:src,Far,>,30;', 'unknown iprep category "Far"'],
  ['iprep:src,Other,isset;', 'unknown iprep category "Other"'],
  ['iprep:src,CnC,>,128;', 'iprep values are from 0 to 127'],
])('%s', (options, reason) => expect(refusal(options)).toBe(reason));

test('without a file no category is known', () =>
  expect(refusal('iprep:src,CnC,isset;', '')).toBe('unknown iprep category "CnC"'));
