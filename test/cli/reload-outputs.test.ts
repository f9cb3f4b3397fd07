/** What outputs tell of rules is right when these have other numbers than before. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pcapFile } from '../packets/builder.js';
import { down, up } from '../packets/segments.js';
import { until } from '../until.js';
import { PROGRAM } from './program.js';
import { textOf } from './running.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-reload-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONFIG = `%YAML 1.1
---
runmode: single
outputs:
  - eve-log: { filename: eve.json, types: [files] }
  - file-store: { version: 2, enabled: yes }
  - lua: { scripts-dir: ., scripts: [alerts.lua] }
`;
const SCRIPT = `local rule = require("suricata.rule")
function init(args) return {type = "packet", filter = "alerts"} end
function log(args)
  local file = io.open("alerts.log", "a")
  file:write(rule.get_rule():sid(), "\\n")
  file:close()
end
`;
const RULE = 'alert http any any -> any any (http.uri; content:"/a"; filestore:both,tx; sid:77;)\n';
const OTHERS = [1, 2, 3].map(sid => `drop udp any any -> any ${sid} (content:"x"; sid:${sid};)\n`).join('');
const REQUEST = 'GET /a HTTP/1.1\r\nHost: b\r\n\r\n';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** The n-th request of a connection, and its response. */
function exchange(n: number): Uint8Array[] {
  const [a, b] = [1 + n * REQUEST.length, 1 + n * RESPONSE.length];
  const behind = a + REQUEST.length;
  return [up(a, b, 'PA', REQUEST), down(b, behind, 'PA', RESPONSE), up(behind, b + RESPONSE.length, 'A')];
}

const linesOf = (name: string): string[] => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
};

it('in records of stored files, and for scripts', { timeout: 60_000 }, async () => {
  const handshake = [up(0, 0, 'S'), down(0, 1, 'SA'), up(1, 1, 'A')];
  for (const [name, text] of Object.entries({ 'x.yaml': CONFIG, 'alerts.lua': SCRIPT, 'x.rules': RULE }))
    writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'a.pcap'), pcapFile([...handshake, ...exchange(0)]));
  const words = [
    ...['-c', 'x.yaml', '-l', '.', '-k', 'none', '-S', 'x.rules'],
    ...['-r', 'a.pcap', '--pcap-file-continuous', '--simulate-ips'],
  ];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
  const said = textOf(child);
  try {
    await until(() => linesOf('eve.json').length === 1, said);
    writeFileSync(join(folder, 'x.rules'), OTHERS + RULE);
    child.kill('SIGUSR2');
    await until(() => said().includes('rule reload complete'), said);
    appendFileSync(join(folder, 'a.pcap'), pcapFile(exchange(1)).subarray(24));
    await until(() => linesOf('eve.json').length === 2, said);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(0);
  const stored = linesOf('eve.json').map(line => JSON.parse(line).fileinfo);
  expect(stored.map(({ sid, stored: isStored }) => [sid, isStored])).toEqual([
    [[77], true],
    [[77], true],
  ]);
  expect(linesOf('alerts.log')).toEqual(['77', '77']);
});
