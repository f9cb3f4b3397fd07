/** The file with the process id of a run. */

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { removePidFile, writePidFile } from '../../engine/cli/run/pid-file.js';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM, runSluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-pid-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'pid');
const silent = () => {};

it('the pid file of a running process is not overwritten', async () => {
  const words = ['-S', '/dev/null', '-l', folder, '--pidfile', path];
  const child = spawn(process.execPath, [PROGRAM, '-r', '-', ...words]);
  const output = collectOutput(child);
  try {
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '', output);
    const second = await runSluice(['-r', 'test/sample/sample.pcap', ...words]);
    expect([second.code, second.stderr]).toEqual([
      1,
      `Error: pid-file: ${path} belongs to process ${child.pid}, which is running; name another file\n`,
    ]);
    expect(readFileSync(path, 'utf8')).toBe(`${child.pid}\n`);
  } finally {
    child.kill('SIGKILL');
  }
});

it.each([
  ['is of no process', '4194999\n'],
  ['is of another program', `${process.ppid}\n`],
  ['is that of the same process', `${process.pid}\n`],
  ['cannot be parsed', 'x\n'],
])('the pid file is overwritten if its number %s', (_, before) => {
  writeFileSync(path, before);
  writePidFile(path);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  removePidFile(path, silent);
  expect(existsSync(path)).toBe(false);
});
