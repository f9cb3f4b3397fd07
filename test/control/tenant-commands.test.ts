/** Tenants set up through the socket: the command line of the program that reads a capture, and the real program. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tenants } from '../../engine/cli/control/tenants.js';
import { Config, type ConfigTree } from '../../engine/config/config.js';
import { PROGRAM } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp, vlan } from '../packets/builder.js';
import { acceptsConnections, ControlClient } from './client.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenant-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

function tenants(settings: object = {}) {
  for (const name of ['a', 'b']) writeFileSync(path(`${name}.yaml`), '%YAML 1.1\n---\nrule-files: []\n');
  const made = new Tenants(
    new Config({ 'multi-detect': { 'config-path': folder, ...settings } } as ConfigTree),
  );
  const commands = made.commands();
  const ask = (name: string, given: Record<string, unknown> = {}) => commands[name]!(given);
  const words = (tenant?: unknown) => made.words(tenant).filter(word => word !== '--set');
  return { ask, words };
}

test("a capture of a tenant is inspected with the tenant's rules only", () => {
  const { ask, words } = tenants({ tenants: [{ id: 1, yaml: 'a.yaml' }] });
  expect(words()).toEqual([]);
  expect(ask('register-tenant', { id: 2, filename: 'b.yaml' })).toBe('adding tenant succeeded');
  expect(words(2)).toEqual([
    'multi-detect.selector=direct',
    'multi-detect.enabled=yes',
    'multi-detect.tenants=',
    'multi-detect.tenants.0.id=2',
    'multi-detect.tenants.0.yaml=b.yaml',
    'multi-detect.mappings=',
    'pcap-file.tenant-id=2',
  ]);
  expect(ask('reload-tenant', { id: 2, filename: 'a.yaml' })).toBe('reloading tenant succeeded');
  expect(words(2)).toContain('multi-detect.tenants.0.yaml=a.yaml');
  expect(ask('reload-tenants')).toBe('reloading tenants succeeded');
  expect(ask('unregister-tenant', { id: 2 })).toBe('removing tenant succeeded');
  expect(() => words(2)).toThrow('tenant 2 is not registered');
});

test('VLANs are assigned to tenants', () => {
  const { ask, words } = tenants({
    tenants: [{ id: 1, yaml: 'a.yaml' }],
    mappings: [{ 'vlan-id': 10, 'tenant-id': 1 }],
  });
  ask('register-tenant', { id: 2, filename: 'b.yaml' });
  const given = { id: 2, htype: 'vlan', hargs: 20 };
  expect(ask('register-tenant-handler', given)).toBe('handler added');
  expect(words().filter(word => word.includes('mappings.'))).toEqual([
    'multi-detect.mappings.0.vlan-id=10',
    'multi-detect.mappings.0.tenant-id=1',
    'multi-detect.mappings.1.vlan-id=20',
    'multi-detect.mappings.1.tenant-id=2',
  ]);
  expect(() => ask('register-tenant-handler', given)).toThrow('vlan 20 already belongs to tenant 2');
  expect(ask('unregister-tenant-handler', given)).toBe('handler removed');
  expect(() => ask('unregister-tenant-handler', given)).toThrow('does not belong to tenant 2');
  expect(ask('register-tenant-handler', { id: 2, htype: 'pcap' })).toBe('handler added');
});

test.each([
  ['register-tenant', { filename: 'a.yaml' }, 'id is missing'],
  ['register-tenant', { id: 3 }, 'filename is missing'],
  ['register-tenant', { id: 3, filename: 'none.yaml' }, 'none.yaml'],
  ['register-tenant', { id: 1, filename: 'a.yaml' }, 'already registered'],
  ['reload-tenant', { id: 9 }, 'tenant 9 is not registered'],
  ['unregister-tenant', { id: 'x' }, 'id is missing'],
  ['register-tenant-handler', { id: 1, htype: 'vlan', hargs: 4095 }, 'from 1 to 4094'],
  ['register-tenant-handler', { id: 1, htype: 'moon' }, 'expected pcap or vlan'],
])('%s %o is rejected', (name, given, why) => {
  const { ask } = tenants({ tenants: [{ id: 1, yaml: 'a.yaml' }] });
  expect(() => ask(name, given)).toThrow(why);
});

test('the program reads captures for the tenants set up through the socket', async () => {
  const write = (name: string, text: string | Uint8Array) => writeFileSync(path(name), text);
  write('x.yaml', '%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert] } }]\n');
  for (const [i, name] of ['one', 'two'].entries()) {
    write(`${name}.yaml`, `%YAML 1.1\n---\nrule-files: [${name}.rules]\n`);
    write(`${name}.rules`, `alert udp any any -> any any (content:"evil"; sid:${i + 1};)\n`);
    mkdirSync(path(name));
  }
  mkdirSync(path('both'));
  write(
    'x.pcap',
    pcapFile([10, 20].map(id => packet(ethernet(), vlan(id), ipv4(), udp({ sport: id, dport: 53 }), 'evil'))),
  );
  const words = ['-c', 'x.yaml', '--unix-socket', 'c.socket', '--runmode', 'single'];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise(resolve => child.on('close', resolve));
  await expect.poll(() => acceptsConnections(path('c.socket')), { timeout: 20_000 }).toBe(true);
  const client = new ControlClient(path('c.socket'));
  await client.request({ version: '0.2' });
  const ask = async (command: string, given: object) =>
    expect(await client.request({ command, arguments: given })).toMatchObject({ return: 'OK' });
  await ask('register-tenant', { id: 1, filename: 'one.yaml' });
  await ask('register-tenant', { id: 2, filename: 'two.yaml' });
  const capture = (name: string) => ({ filename: path('x.pcap'), 'output-dir': path(name) });
  await ask('pcap-file', { ...capture('one'), tenant: 1 });
  await ask('pcap-file', { ...capture('two'), tenant: 2 });
  await ask('register-tenant-handler', { id: 1, htype: 'vlan', hargs: 20 });
  await ask('pcap-file', capture('both'));
  await expect.poll(() => client.capturesLeft(), { timeout: 30_000, interval: 200 }).toBe(0);
  await client.request({ command: 'shutdown' });
  expect(await ended).toBe(0);
  client.end();
  const alerts = (name: string) =>
    readFileSync(path(`${name}/eve.json`), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .map(({ src_port, tenant_id, alert }) => [src_port, tenant_id, alert.signature_id]);
  expect(alerts('one')).toEqual([
    [10, 1, 1],
    [20, 1, 1],
  ]);
  expect(alerts('two')).toEqual([
    [10, 2, 2],
    [20, 2, 2],
  ]);
  expect(alerts('both')).toEqual([[20, 1, 1]]);
}, 60_000);
