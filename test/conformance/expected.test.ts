import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tests = fileURLToPath(new URL('../../../shared/verify/tests', import.meta.url));
const list = fileURLToPath(new URL('./expected.txt', import.meta.url));
const MINUTES = 60_000;
/** All of them take four minutes or more: `npm run conformance -- FOLDER --list test/conformance/expected.txt`. */
const SAMPLE_INTERVAL = 12;

const names = readFileSync(list, 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'));

test('the list of expected names is sorted and has no duplicates', () => {
  expect(names).toEqual([...new Set(names)].sort());
});

if (existsSync(tests)) {
  const sample = names.filter((_, i) => i % SAMPLE_INTERVAL === 0);
  test(`${sample.length} of the ${names.length} tests that are expected to pass do`, {
    timeout: 20 * MINUTES,
  }, () => {
    execFileSync(process.execPath, ['engine/setup/build.mjs'], { cwd: root });
    const command = ['dist/test/conformance/main.js', tests, ...sample];
    const { stdout } = spawnSync(process.execPath, command, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    expect(stdout.trim()).toBe(`${sample.length} passed, 0 failed, 0 skipped`);
  });
} else {
  test.skip('the tests that are expected to pass: ../shared/verify is not here', () => {});
}
