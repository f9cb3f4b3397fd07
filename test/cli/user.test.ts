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

it.skipIf(process.getuid!() !== 0)('gives up its supplementary groups', async () => {
  const words = ['--groups', '0,4', process.execPath, PROGRAM, '-r', '-', '-l', '.', '--user', 'nobody'];
  const child = spawn('setpriv', words, { cwd: folder });
  const said = collectOutput(child);
  const ids = (name: string): string[] => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'm').exec(status)![1]!.split(/\s+/);
  };
  const numberOf = (option: string) => execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }).trim();
  try {
    await until(() => ids('Uid')[0] === numberOf('-u'), said);
    expect(ids('Groups')).toEqual([numberOf('-g')]);
  } finally {
    child.kill('SIGKILL');
  }
});
