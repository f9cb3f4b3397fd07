/** Each command in docs/rules.md runs as shown. */
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/rules.md'), 'utf8');
const COMMANDS = [...PAGE.matchAll(/```sh\nsluice (.*)\n```/g)].map(match => match[1]!);

/** A folder with the input of the commands; their output stays in it. */
function folder(): string {
  const cwd = mkdtempSync(join(tmpdir(), 'sluice-documented-'));
  for (const name of ['test', 'signatures']) symlinkSync(join(ROOT, name), join(cwd, name));
  return cwd;
}

describe('docs/rules.md', () => {
  test('has a command for each of the tools', () => {
    expect(new Set(COMMANDS.map(command => command.split(' ')[1]))).toEqual(
      new Set(['explain', 'profile', 'coverage', 'windows']),
    );
  });

  test.each(COMMANDS)('sluice %s', async command => {
    const { code, stdout, stderr } = await runSluice(command.split(' '), { cwd: folder() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    if (command.includes('--json')) expect(() => JSON.parse(stdout)).not.toThrow();
    else expect(stdout.length).toBeGreaterThan(100);
  });

  test('a capture that does not exist is reported', async () => {
    const { code, stderr } = await runSluice([
      'rules',
      'explain',
      '1',
      '-r',
      'nothing.pcap',
      '-s',
      join(ROOT, 'signatures/sample.rules'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: rule 1 is not among');
  });
});
