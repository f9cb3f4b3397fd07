/** Notifications to the service manager, and the systemd units of the documentation. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { native } from '../../engine/native.js';
import { hasPerl, Listener } from '../outputs/datagram-listener.js';
import { PROGRAM } from './program.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-service-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it.runIf(native() && hasPerl)(
  'a service over captures notifies that it is ready, and that it stops',
  async () => {
    const socket = join(folder, 'notify.sock');
    const listener = new Listener(socket);
    await listener.ready();
    const env = { ...process.env, NOTIFY_SOCKET: socket };
    const words = [PROGRAM, `--unix-socket=${join(folder, 'command.sock')}`];
    const child = spawn(process.execPath, words, { cwd: folder, stdio: 'ignore', env });
    const ended = new Promise(done => child.once('exit', done));
    await listener.has(1);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await listener.has(2);
    expect(listener.lines).toEqual(['READY=1', 'STOPPING=1']);
    listener.signal('SIGKILL');
  },
);

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('units are not verified: there is no systemd-analyze');
const units = readdirSync('docs').filter(name => name.endsWith('.service'));

it.runIf(hasSystemd).each(units)('%s is a valid unit', name => {
  const unit = readFileSync(join('docs', name), 'utf8').replaceAll('/usr/bin/sluice', process.execPath);
  writeFileSync(join(folder, name), unit);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, name)], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
});
