/** The sample with random changes through the whole engine; `npm run fuzz` takes any captures, for any time. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('mutated captures are processed without failure', () => {
  const keep = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
  const args = [
    'dist/test/fuzz/main.js',
    '--runs',
    '12',
    '--keep',
    keep,
    '--rules',
    'signatures/sample.rules',
  ];
  const { stdout, stderr } = spawnSync(process.execPath, [...args, 'test/sample'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout.trim(), stderr).toBe('12 captures replayed, 0 failures');
});
