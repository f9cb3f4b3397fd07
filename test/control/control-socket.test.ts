/** Commands through a socket: the protocol, and the real program with captures given through the socket. */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { ControlSocket } from '../../engine/control/control-socket.js';
import { commonCommands, controlSettings } from '../../engine/control/settings.js';
import { PROGRAM } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { acceptsConnections, ControlClient } from './client.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A socket whose program was killed. */
function leftBehind(path: string): void {
  const killed = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', killed, path]);
}

async function opened(handlers: Parameters<typeof ControlSocket.open>[2]) {
  const path = join(folder, 'a.socket');
  const socket = await ControlSocket.open(path, 0o600, handlers);
  return { path, socket, client: new ControlClient(path) };
}

test('commands are answered, failed commands with an error', async () => {
  const { path, socket, client } = await opened({
    add: ({ a, b }) => Number(a) + Number(b),
    later: async () => 'done',
    fail: () => {
      throw new Error('no');
    },
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await client.request({ version: '0.2' })).toEqual({ return: 'OK' });
  const ask = (command: string, given?: object) =>
    client.request({ command, ...(given && { arguments: given }) });
  expect(await ask('add', { a: 1, b: 2 })).toEqual({ message: 3, return: 'OK' });
  expect(await ask('later')).toEqual({ message: 'done', return: 'OK' });
  expect(await ask('fail')).toEqual({ message: 'no', return: 'NOK' });
  expect(await ask('toString')).toEqual({ message: 'Unknown command', return: 'NOK' });
  for (const name of ['command-list', 'help'])
    expect(await ask(name)).toEqual({
      message: { count: 5, commands: ['add', 'command-list', 'fail', 'help', 'later'] },
      return: 'OK',
    });
  expect(await client.request('not JSON\n')).toEqual({ message: 'Unknown command', return: 'NOK' });
  // A complete message without the newline at its end.
  expect(await client.request('{"command":"later"}')).toEqual({ message: 'done', return: 'OK' });
  client.end();
  socket.close();
});

test('a client that does not read its answers gets no further ones, and does not delay other clients', async () => {
  let asked = 0;
  const { path, socket, client } = await opened({
    large: () => {
      asked++;
      return 'x'.repeat(1 << 20);
    },
    small: () => 'small',
  });
  const lazy = connect(path).pause();
  lazy.write(`{"version":"0.2"}\n${'{"command":"large"}\n'.repeat(300)}`);
  await client.request({ version: '0.2' });
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0));
  for (let i = 0; i < 20; i++)
    expect(await client.request({ command: 'small' })).toEqual({ message: 'small', return: 'OK' });
  expect(asked).toBeLessThan(10);
  const closed = new Promise(resolve => lazy.on('close', resolve));
  socket.close();
  lazy.resume();
  await closed;
  client.end();
});

test('an abandoned socket is replaced; a socket in use and a file are not', async () => {
  const { path, socket, client } = await opened({});
  client.end();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(ControlSocket.open(path, 0o660, {})).rejects.toThrow('another program');
  socket.close();
  leftBehind(path);
  const again = await ControlSocket.open(path, 0o660, {});
  expect(statSync(path).mode & 0o777).toBe(0o660);
  again.close();
  const file = join(folder, 'a.txt');
  writeFileSync(file, 'kept');
  await expect(ControlSocket.open(file, 0o600, {})).rejects.toThrow('not a socket');
  expect(readFileSync(file, 'utf8')).toBe('kept');
});

test('another version of the protocol is rejected', async () => {
  const { socket, client } = await opened({});
  expect(await client.request({ version: '9' })).toEqual({ return: 'NOK' });
  client.end();
  socket.close();
});

test('path, permissions and whether there is a socket follow from the options', () => {
  const of = (settings: object, live = false, named?: string) =>
    controlSettings(new Config({ 'unix-command': settings } as never), live, named);
  expect(of({})).toBeUndefined();
  expect(of({ enabled: 'auto' })).toBeUndefined();
  expect(of({ enabled: 'auto' }, true)?.path).toBe('/var/run/suricata/suricata-command.socket');
  expect(of({ enabled: 'yes', filename: '/a/b', 'socket-perms': 600 })).toEqual({
    path: '/a/b',
    permissions: 0o600,
  });
  expect(of({}, false, 'x.socket')?.path).toBe('x.socket');
  const commands = commonCommands(new Config({ a: { b: 1 } } as never), 'v', 'm', 'c');
  expect(commands['conf-get']!({ variable: 'a.b' })).toBe('1');
  expect(() => commands['conf-get']!({ variable: 'x' })).toThrow('Unable to get value');
});

/** Process groups of the programs that `parent` started (proc_pid_stat(5)). */
function groupsOfChildren(parent: number): number[] {
  const stats = readdirSync('/proc').map(name => {
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8');
    } catch {
      return ''; // Not a process, or one that has ended.
    }
  });
  const fields = stats.map(stat => stat.slice(stat.lastIndexOf(')') + 2).split(' '));
  return fields.filter(([, above]) => Number(above) === parent).map(([, , group]) => Number(group));
}

test('a signal of the terminal to the whole process group ends the current capture like a single signal', async () => {
  const path = (name: string) => join(folder, name);
  const captures = path('captures');
  mkdirSync(captures);
  mkdirSync(path('t'));
  writeFileSync(join(captures, 't.pcap'), pcapFile([packet(ethernet(), ipv4(), udp(), 't')]));
  writeFileSync(path('t.yaml'), '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert, flow] } }]\n');
  writeFileSync(path('t.rules'), 'alert udp any any -> any any (sid:1;)\n');
  const words = ['-c', 't.yaml', '-S', 't.rules', '--unix-socket=t.socket', '--runmode', 'single'];
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise(resolve => child.on('close', resolve));
  await expect.poll(() => acceptsConnections(path('t.socket')), { timeout: 20_000 }).toBe(true);
  const client = new ControlClient(path('t.socket'));
  await client.request({ version: '0.2' });
  const given = { filename: captures, 'output-dir': path('t'), delay: 0 };
  await client.request({ command: 'pcap-file-continuous', arguments: given });
  const records = () => (existsSync(path('t/eve.json')) ? readFileSync(path('t/eve.json'), 'utf8') : '');
  await expect.poll(records, { timeout: 30_000 }).toContain('"alert"');
  client.end();
  // Two signals at once may be counted as one, so their result would prove nothing.
  const groups = groupsOfChildren(child.pid!);
  expect(groups).toHaveLength(1);
  expect(groups).not.toContain(child.pid);
  process.kill(-child.pid!, 'SIGINT');
  expect(await ended).toBe(0);
  expect(records()).toContain('"flow"');
}, 60_000);

test('captures given through the socket are read one after the other', async () => {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('x.yaml'), '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [flow] } }]\n');
  for (const name of ['a', 'b']) {
    mkdirSync(path(name));
    writeFileSync(path(`${name}.pcap`), pcapFile([packet(ethernet(), ipv4(), udp(), name)]));
  }
  const words = ['-c', 'x.yaml', '-S', '/dev/null', '--unix-socket=c.socket', '--runmode', 'single'];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise(resolve => child.on('close', resolve));
  await expect.poll(() => acceptsConnections(path('c.socket')), { timeout: 20_000 }).toBe(true);
  const client = new ControlClient(path('c.socket'));
  await client.request({ version: '0.2' });
  const add = (name: string, more = {}) =>
    client.request({
      command: 'pcap-file',
      arguments: { filename: path(`${name}.pcap`), 'output-dir': path(name), ...more },
    });
  expect(await add('none')).toMatchObject({ return: 'NOK' });
  expect(await add('a', { delay: 'soon' })).toEqual({
    message: 'delay: expected a number of seconds',
    return: 'NOK',
  });
  expect(await add('a')).toEqual({ message: 'Successfully added file to list', return: 'OK' });
  expect(await add('b')).toMatchObject({ return: 'OK' });
  expect(await client.request({ command: 'pcap-current' })).toMatchObject({ message: path('a.pcap') });
  expect(await client.request({ command: 'pcap-file-list' })).toMatchObject({
    message: { count: 1, files: [path('b.pcap')] },
  });
  await expect.poll(() => client.capturesLeft(), { timeout: 30_000, interval: 200 }).toBe(0);
  await client.request({ command: 'shutdown' });
  expect(await ended).toBe(0);
  client.end();
  for (const name of ['a', 'b']) expect(readFileSync(path(`${name}/eve.json`), 'utf8')).toContain('"flow"');
}, 60_000);
