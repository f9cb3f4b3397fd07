import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'sluice-docs-'));

const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => join('docs', name)),
].filter(name => name.endsWith('.md') && !name.includes('docs/site/'));

/** Lines that begin with `$ ` in console blocks, by page. */
function commandsOf(page: string): string[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/```console\n(.*?)```/gs);
  return [...blocks].flatMap(([, block]) => [...block!.matchAll(/^\$ (.*)$/gm)].map(match => match[1]!));
}

beforeAll(() => {
  symlinkSync(join(root, 'engine', 'bin', 'sluice.mjs'), join(work, 'sluice'));
  copyFileSync(join(root, 'test', 'sample', 'sample.pcap'), join(work, 'capture.pcap'));
  copyFileSync(join(root, 'signatures', 'sample.rules'), join(work, 'my.rules'));
  copyFileSync(join(root, 'suricata-like.yaml'), join(work, 'suricata.yaml'));
});
afterAll(() => rmSync(work, { recursive: true }));

describe.each(pages.filter(page => commandsOf(page).length > 0))('every command in %s works', page => {
  const commands = commandsOf(page);
  it(`${commands.length} commands`, { timeout: 120_000 }, () => {
    for (const command of commands) {
      const env = { ...process.env, PATH: `${work}${delimiter}${process.env.PATH}` };
      const { status, stderr, stdout } = spawnSync('bash', ['-c', command], {
        cwd: work,
        env,
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    }
  });
});

it('the rule of the README finds the login of the sample', () => {
  for (const command of commandsOf('README.md').slice(0, 3)) {
    execFileSync('bash', ['-c', command], {
      cwd: work,
      env: { ...process.env, PATH: `${work}${delimiter}${process.env.PATH}` },
      stdio: 'pipe',
    });
  }
  expect(readFileSync(join(work, 'logs', 'fast.log'), 'utf8')).toContain('[1:1000100:1] a login');
});
