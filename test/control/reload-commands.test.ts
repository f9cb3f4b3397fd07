/** Reloads of rules by command: the result is reported to the client. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { acceptsConnections, ControlClient } from './client.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-reload-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(rules: string, more: readonly string[] = []) {
  const socket = join(folder, 'c.socket');
  const capture = join(folder, 'a.pcap');
  writeFileSync(capture, pcapFile([]));
  const settings = ['unix-command.enabled=yes', `unix-command.filename=${socket}`];
  const words = ['-r', capture, '--pcap-file-continuous', '-S', rules, '-l', folder, '--runmode', 'single'];
  const child = spawn(
    process.execPath,
    [PROGRAM, ...words, ...settings.flatMap(setting => ['--set', setting]), ...more],
    { cwd: folder, stdio: 'ignore', env: { ...process.env, XDG_CACHE_HOME: folder } },
  );
  const ended = new Promise(resolve => child.on('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const client = async () => {
    await expect.poll(() => acceptsConnections(socket), { timeout: 20_000 }).toBe(true);
    const speaks = new ControlClient(socket);
    await speaks.request({ version: '0.2' });
    return speaks;
  };
  return { client, stop };
}

const RELOAD = { command: 'reload-rules' };
const DONE = { return: 'OK', message: 'done' };

it('with fatal rule errors, missing or invalid rules leave the previous ones in force', async () => {
  const rules = join(folder, 'a.rules');
  const rule = (sid: number) => writeFileSync(rules, `alert udp any any -> any 7 (sid:${sid};)\n`);
  rule(1);
  const run = start(rules, ['--init-errors-fatal']);
  const client = await run.client();
  const refused = {
    return: 'NOK',
    message: 'rule reload failed, the previous rules stay in force: Loading signatures failed.',
  };
  expect(await client.request({ command: 'running-mode' })).toEqual({ return: 'OK', message: 'single' });
  expect(await client.request(RELOAD)).toEqual(DONE);
  rmSync(rules);
  expect(await client.request(RELOAD)).toEqual(refused);
  writeFileSync(rules, 'alert nonsense\n');
  expect(await client.request(RELOAD)).toEqual(refused);
  expect(await client.request({ command: 'ruleset-stats' })).toMatchObject({
    message: [{ rules_loaded: 1, rules_failed: 0 }],
  });
  rule(2);
  expect(await client.request(RELOAD)).toEqual(DONE);
  const engines = async (command: string) =>
    ((await client.request({ command })) as { message: Record<string, unknown>[] }).message;
  const [{ id, last_reload }] = await engines('ruleset-stats');
  expect(await engines('ruleset-reload-time')).toEqual([{ id, last_reload }]);
  client.end();
  await run.stop();
});

it('the program answers other commands while large rule sets are compiled', async () => {
  const rules = join(folder, 'large.rules');
  const text = 'text about this '.repeat(6);
  const write = (count: number) => {
    const lines = Array.from(
      { length: count },
      (_, i) => `alert udp any any -> any 7 (msg:"${text}"; sid:${i + 1};)\n`,
    );
    writeFileSync(rules, lines.join(''));
  };
  write(8000);
  const run = start(rules);
  const [asking, other] = [await run.client(), await run.client()];
  write(8001);
  const order: string[] = [];
  const reloaded = asking.request(RELOAD).then(answer => {
    order.push('reloaded');
    return answer;
  });
  expect(await other.request({ command: 'capture-mode' })).toEqual({ return: 'OK', message: 'PCAP_FILE' });
  order.push('answered');
  expect(await reloaded).toEqual(DONE);
  expect(order).toEqual(['answered', 'reloaded']);
  expect(await other.request({ command: 'ruleset-stats' })).toMatchObject({
    message: [{ rules_loaded: 8001 }],
  });
  const kept = readdirSync(join(folder, 'sluice')).filter(name => name.endsWith('.rules'));
  expect(kept).toHaveLength(2);
  asking.end();
  other.end();
  await run.stop();
});
