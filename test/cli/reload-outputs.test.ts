/** Outputs describe the right rule when a reload changes the internal numbers of rules. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, tcp } from '../packets/builder.js';
import { CLIENT, SERVER } from '../packets/segments.js';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM } from './program.js';

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

/** A connection from this client port, with a request and its response. */
function connection(port: number): Uint8Array[] {
  const link = ethernet();
  const up = (seq: number, ack: number, flags: string, text = ''): Uint8Array =>
    packet(
      link,
      ipv4({ source: CLIENT, destination: SERVER }),
      tcp({ sport: port, dport: 80, seq, ack, flags }),
      text,
    );
  const down = (seq: number, ack: number, flags: string, text = ''): Uint8Array =>
    packet(
      link,
      ipv4({ source: SERVER, destination: CLIENT }),
      tcp({ sport: 80, dport: port, seq, ack, flags }),
      text,
    );
  const [a, b] = [1 + REQUEST.length, 1 + RESPONSE.length];
  return [
    ...[up(0, 0, 'S'), down(0, 1, 'SA'), up(1, 1, 'A')],
    ...[up(1, 1, 'PA', REQUEST), down(1, a, 'PA', RESPONSE), up(a, b, 'A')],
  ];
}

const linesOf = (name: string): string[] => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
};

it('file records and scripts see the new rules after a reload, with digests that only new rules ask for', {
  timeout: 60_000,
}, async () => {
  // The first rule that needs digests.
  const digest = `alert http any any -> any any (filemd5:${join(folder, 'sums')}; sid:88;)\n`;
  writeFileSync(join(folder, 'sums'), '5d41402abc4b2a76b9719d911017c592\n');
  for (const [name, text] of Object.entries({ 'x.yaml': CONFIG, 'alerts.lua': SCRIPT, 'x.rules': RULE }))
    writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'a.pcap'), pcapFile(connection(1025)));
  const words = [
    ...['-c', 'x.yaml', '-l', '.', '-k', 'none', '-S', 'x.rules'],
    ...['-r', 'a.pcap', '--pcap-file-continuous', '--simulate-ips'],
  ];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
  const output = collectOutput(child);
  try {
    await until(() => linesOf('eve.json').length === 1, output);
    writeFileSync(join(folder, 'x.rules'), OTHERS + RULE + digest);
    child.kill('SIGUSR2');
    await until(() => output().includes('rule reload complete'), output);
    appendFileSync(join(folder, 'a.pcap'), pcapFile(connection(1026)).subarray(24));
    await until(() => linesOf('eve.json').length === 2, output);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(0);
  const stored = linesOf('eve.json').map(line => JSON.parse(line).fileinfo);
  expect(stored.map(({ sid, stored: isStored }) => [sid, isStored])).toEqual([
    [[77], true],
    [[77], true],
  ]);
  expect(linesOf('alerts.log')).toEqual(['77', '77', '88']);
  expect(stored.map(({ md5 }) => md5)).toEqual([undefined, '5d41402abc4b2a76b9719d911017c592']);
});
