/** The package made by `npm pack`: its contents, and that it runs elsewhere. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'sluice-package-'));
const installed = join(work, 'package');

beforeAll(() => {
  // The build exists: building it before packing would interfere with the tests.
  const options = ['--silent', '--ignore-scripts', '--pack-destination', work];
  const name = execFileSync('npm', ['pack', ...options], { cwd: root, encoding: 'utf8' }).trim();
  execFileSync('tar', ['xzf', join(work, name), '-C', work]);
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
}, 60_000);
afterAll(() => rmSync(work, { recursive: true }));

function sluice(...words: string[]) {
  return spawnSync(process.execPath, [join(installed, 'engine/bin/sluice.mjs'), ...words], {
    cwd: work,
    encoding: 'utf8',
  });
}

it('the package has one build, no tests, and the sources of the addon, but no files built on this machine', () => {
  const builds = readdirSync(join(installed, 'dist')).filter(name => name.startsWith('b-'));
  expect(builds).toHaveLength(1);
  expect(readdirSync(join(installed, 'dist', builds[0]!))).not.toContain('test');
  expect(readdirSync(join(installed, 'dist'))).not.toContain('test');
  const native = readdirSync(join(installed, 'native'));
  expect(native).toContain('binding.gyp');
  expect(native).not.toContain('build');
});

it('the package replays a capture where it is installed', () => {
  const words = [join(root, 'test/sample/sample.pcap'), '--rules', 'package/signatures/sample.rules'];
  const { status, stderr } = sluice('replay', ...words, '--logs', 'logs');
  expect(status, stderr).toBe(0);
  expect(readFileSync(join(work, 'logs/fast.log'), 'utf8')).toContain('[**]');
});

it('the package explains how it is built if it is not', () => {
  rmSync(join(installed, 'dist'), { recursive: true });
  const { status, stderr } = sluice('-V');
  expect(status).toBe(1);
  expect(stderr).toBe(
    `Error: Sluice is not built: run "npm run setup" in ${fileURLToPath(`file://${installed}/`)}\n`,
  );
});
