/** Alerts in streams that are logged with the open transaction: a limited number for each. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runSluice } from '../cli/program.js';
import { pcapFile } from '../packets/builder.js';
import { down, up } from '../packets/segments.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guessed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A request whose body is sent in six segments. */
function session(): Uint8Array[] {
  const head = 'POST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 600\r\n\r\n';
  const part = `evil${'.'.repeat(96)}`;
  const packets = [up(0, 0, 'S'), down(0, 1, 'SA'), up(1, 1, 'A'), up(1, 1, 'PA', head)];
  for (let i = 0; i < 6; i++) packets.push(up(1 + head.length + 100 * i, 1, 'PA', part));
  return packets;
}

test.each([
  ['', 4],
  ['  stream-tx-log-limit: 1\n', 1],
])('alerts with a guessed transaction are limited with %s', async (more, expected) => {
  const yaml = `%YAML 1.1\n---\noutputs: [{ eve-log: { types: [alert] } }]\ndetect:\n  guess-applayer-tx: yes\n${more}`;
  writeFileSync(join(folder, 'x.yaml'), yaml);
  writeFileSync(join(folder, 'x.rules'), 'alert tcp any any -> any 80 (content:"evil"; sid:1;)\n');
  writeFileSync(join(folder, 'x.pcap'), pcapFile(session()));
  const words = ['-c', 'x.yaml', '-r', 'x.pcap', '-l', '.', '-k', 'none', '-S', 'x.rules', '--simulate-ips'];
  const { code } = await runSluice([...words, '--runmode', 'single'], { cwd: folder });
  expect(code).toBe(0);
  const records = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n');
  const alerts = records.map(line => JSON.parse(line));
  expect(alerts.length).toBeGreaterThanOrEqual(5);
  expect(alerts.filter(({ tx_guessed, http }) => tx_guessed === true && http).length).toBe(expected);
});
