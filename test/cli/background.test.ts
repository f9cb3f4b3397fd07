/** A run in the background: the parent process returns once it runs, and signals reach it by its pid file. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { acceptsConnections } from '../control/client.js';
import { until } from '../until.js';
import { runSluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-background-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

it('a background run takes commands once the command returns, is not ended by HUP and USR2, and ends with TERM', async () => {
  const { code, stdout, stderr } = await runSluice([
    '-vD',
    `--unix-socket=${path('socket')}`,
    '--pidfile',
    path('pid'),
  ]);
  expect([code, stdout, stderr]).toEqual([0, '', '']);
  const pid = Number(readFileSync(path('pid'), 'utf8'));
  process.kill(pid, 'SIGHUP');
  process.kill(pid, 'SIGUSR2');
  expect(await acceptsConnections(path('socket'))).toBe(true);
  process.kill(pid, 'SIGTERM');
  await until(
    () => !existsSync(path('pid')),
    () => 'the file of the process id is removed',
  );
});
