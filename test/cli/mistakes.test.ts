/** What the program says to mistakes on the command line, and that it ends with 1. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function said(...words: string[]): Promise<string> {
  const { code, out, err } = await sluice(words, { cwd: folder });
  expect(code).toBe(1);
  return err + out;
}

it('a profile that is not there', async () => {
  expect(await said('profiles', 'show', 'nope')).toContain('there is no profile nope. There are: single, ');
  expect(await said('profiles', 'show', 'worker')).toContain('did you mean workers? There are: ');
});

it('a rule file that is not there', async () => {
  expect(await said('rules', 'check', 'nope.rules')).toContain('No rule files match the pattern nope.rules');
});

it('a pid file that cannot be written', async () => {
  expect(await said('-r', '-', '-l', '.', '--pidfile', '/dev/null/pid')).toContain(
    'pid-file: /dev/null/pid cannot be written: ENOTDIR',
  );
});
