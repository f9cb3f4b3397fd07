/** A run over captures changes its user after it has started (only root can). */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM, runSluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-user-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(process.getuid!() !== 0)(
  'reports once that the pid file cannot be removed after the change of user',
  async () => {
    const pid = join(folder, 'pid');
    const words = ['-r', 'test/sample/sample.pcap', '-S', '/dev/null', '-l', folder, '--user', 'nobody'];
    const { stdout } = await runSluice([...words, '--pidfile', pid]);
    expect(stdout.split('\n').filter(line => line.includes('pid-file'))).toEqual([
      expect.stringContaining(`pid-file: ${pid} cannot be removed: EACCES`),
    ]);
    expect(existsSync(pid)).toBe(true);
  },
);

it.skipIf(process.getuid!() !== 0)('gives the log folder that it created to the new user', async () => {
  const logs = join(folder, 'logs');
  const words = ['-r', 'test/sample/sample.pcap', '-S', '/dev/null', '-l', logs, '--user', 'nobody'];
  await runSluice(words);
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  expect(statSync(logs).uid).toBe(nobody);
});

/** A Node that uses the system's libuv (Debian 13) leaves the change of the user to the addon. */
const needsAddon = Boolean((process.config.variables as Record<string, unknown>)['node_shared_libuv']);
const ADDON = needsAddon ? ['on'] : ['on', 'off'];

it.skipIf(process.getuid!() !== 0).each(ADDON)('gives up its supplementary groups, addon %s', async addon => {
  const words = ['--groups', '0,4', process.execPath, PROGRAM, '-r', '-', '-l', '.', '--user', 'nobody'];
  const child = spawn('setpriv', words, { cwd: folder, env: { ...process.env, SLUICE_NATIVE: addon } });
  const output = collectOutput(child);
  const ids = (name: string): string[] => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)![1]!.split(/\s+/);
  };
  const numberOf = (option: string) => execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }).trim();
  try {
    await until(() => ids('Uid')[0] === numberOf('-u'), output);
    expect(ids('Gid')[0]).toBe(numberOf('-g'));
    expect(ids('Groups')).toEqual(['']);
  } finally {
    child.kill('SIGKILL');
  }
});

it('does not change its user with io_uring, which would continue as the previous one', async () => {
  const words = [
    '-r',
    'test/sample/sample.pcap',
    '-S',
    '/dev/null',
    '-l',
    folder,
    '--user',
    `${process.getuid!()}`,
  ];
  const { code, stderr } = await runSluice(words, { env: { UV_USE_IO_URING: '1' } });
  expect(code).toBe(1);
  expect(stderr).toContain('UV_USE_IO_URING is set');
});
