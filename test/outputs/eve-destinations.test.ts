/** Destinations of EVE records besides one file: sockets, syslog, a file per thread. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Config } from '../../engine/config/config.js';
import { fileOfThread, instancesOf } from '../../modules/eve/instance.js';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eve-destinations-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Reads two packets, with one eve-log that logs flows. */
async function run(settings: string, env: Record<string, string> = {}): Promise<void> {
  const eve = `eve-log: { ${settings}, types: [flow] }`;
  writeFileSync(join(folder, 'x.yaml'), `%YAML 1.1\n---\noutputs:\n  - ${eve}\n`);
  const of = (sport: number) => packet(ethernet(), ipv4(), udp({ sport }), 'a');
  writeFileSync(join(folder, 'x.pcap'), pcapFile([of(1), of(2)]));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-S', '/dev/null', '--runmode', 'single'];
  const { code, stderr } = await runSluice(words, { cwd: folder, env });
  expect([code, stderr]).toEqual([0, '']);
}

test('EVE records are sent to a Unix socket', async () => {
  let got = '';
  const server = createServer(socket => {
    socket.on('data', data => {
      got += data;
    });
  });
  await new Promise<void>(done => server.listen(join(folder, 'eve.sock'), done));
  const ended = new Promise<void>(done => server.once('connection', socket => socket.once('close', done)));
  await run('filetype: unix_stream, filename: eve.sock');
  await ended;
  await new Promise(done => server.close(done));
  const records = got
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).event_type);
  expect(records).toEqual(['flow', 'flow']);
});

test('EVE records are sent to syslog', async () => {
  const logger = join(folder, 'logger');
  writeFileSync(logger, '#!/bin/sh\n{ echo "$@"; cat; } > log.tmp && mv log.tmp log.txt\n');
  chmodSync(logger, 0o755);
  const path = `${folder}:${process.env['PATH']}`;
  await run('filetype: syslog, identity: me, facility: local3, level: Warning', { PATH: path });
  await expect.poll(() => existsSync(join(folder, 'log.txt')), { timeout: 5000 }).toBe(true);
  const [words, ...lines] = readFileSync(join(folder, 'log.txt'), 'utf8').trim().split('\n');
  expect(words).toContain('-t me -p local3.warning');
  expect(lines.map(line => JSON.parse(line).event_type)).toEqual(['flow', 'flow']);
});

test('EVE records are written to a file per thread', async () => {
  await run('threaded: yes, filename: x.json');
  expect(readFileSync(join(folder, 'x.1.json'), 'utf8').trim().split('\n')).toHaveLength(2);
  expect([fileOfThread('/a.b/eve', 3), fileOfThread('/a/eve.json', 12)]).toEqual([
    '/a.b/eve.3',
    '/a/eve.12.json',
  ]);
});

test('unsupported destinations are rejected by name', () => {
  const config = new Config({ outputs: [{ 'eve-log': { filetype: 'redis' } }] } as never);
  expect(instancesOf(config)[0]!.kind).toBe('regular');
});

test('an empty item among the types is ignored', () => {
  const config = new Config({ outputs: [{ 'eve-log': { types: [{}, 'alert'] } }] });
  expect([...instancesOf(config)[0]!.types]).toEqual(['alert']);
});
