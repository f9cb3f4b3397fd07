/** Rules that are loaded anew by command: whoever asked for it is told what became of it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { Client, isReached } from './client.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-reload-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('where mistakes are fatal, rules that are gone or wrong leave those before in force', async () => {
  const rules = join(folder, 'a.rules');
  const path = join(folder, 'c.socket');
  const rule = (sid: number) => writeFileSync(rules, `alert udp any any -> any 7 (sid:${sid};)\n`);
  const capture = join(folder, 'a.pcap');
  writeFileSync(capture, pcapFile([]));
  rule(1);
  const settings = ['unix-command.enabled=yes', `unix-command.filename=${path}`];
  const words = [
    '-r',
    capture,
    '--pcap-file-continuous',
    '-S',
    rules,
    '-l',
    folder,
    '--init-errors-fatal',
    '--runmode',
    'single',
  ];
  const child = spawn(
    process.execPath,
    [PROGRAM, ...words, ...settings.flatMap(setting => ['--set', setting])],
    { cwd: folder, stdio: 'ignore' },
  );
  const ended = new Promise(resolve => child.on('close', resolve));
  await expect.poll(() => isReached(path), { timeout: 20_000 }).toBe(true);
  const client = new Client(path);
  await client.ask({ version: '0.2' });
  const reload = () => client.ask({ command: 'reload-rules' });
  const refused = {
    return: 'NOK',
    message: 'rule reload failed, the rules before stay in force: Loading signatures failed.',
  };
  const inForce = async () => {
    const { message } = (await client.ask({ command: 'ruleset-stats' })) as { message: unknown };
    return message;
  };

  expect(await client.ask({ command: 'running-mode' })).toEqual({ return: 'OK', message: 'single' });
  expect(await reload()).toEqual({ return: 'OK', message: 'done' });
  rmSync(rules);
  expect(await reload()).toEqual(refused);
  writeFileSync(rules, 'alert nonsense\n');
  expect(await reload()).toEqual(refused);
  expect(await inForce()).toMatchObject([{ rules_loaded: 1, rules_failed: 0 }]);
  rule(2);
  expect(await reload()).toEqual({ return: 'OK', message: 'done' });

  client.end();
  child.kill('SIGTERM');
  await ended;
});
