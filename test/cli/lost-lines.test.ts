/** A run whose logs cannot be written reports it and ends with an error. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { runSluice } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-lost-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'a.pcap'), pcapFile([packet(ethernet(), ipv4(), udp({ dport: 7 }), 'hello')]));
writeFileSync(join(folder, 'a.rules'), 'alert udp any any -> any 7 (sid:7;)\n');

const run = (...words: string[]) =>
  runSluice(['-r', 'a.pcap', '-S', 'a.rules', '--set', 'stats.enabled=no', ...words], { cwd: folder });

it('a full disk is reported, and the run ends with 1', async () => {
  const outputs = 'outputs:\n  - fast: { filename: /dev/full }\n';
  writeFileSync(join(folder, 'full.yaml'), `%YAML 1.1\n---\n${outputs}`);
  const { code, stderr } = await run('-c', 'full.yaml', '-l', '.');
  expect(code).toBe(1);
  expect(stderr).toContain('/dev/full: ENOSPC');
  expect(stderr).toContain('output: 1 lines or packets were not written');
});

it('a log file whose folder cannot be created is reported, and the run ends with 1', async () => {
  const outputs = 'outputs:\n  - fast: { filename: /proc/x/fast.log }\n';
  writeFileSync(join(folder, 'nowhere.yaml'), `%YAML 1.1\n---\n${outputs}`);
  const { code, stderr } = await run('-c', 'nowhere.yaml', '-l', '.');
  expect(code).toBe(1);
  expect(stderr).toContain('/proc/x/fast.log: ENOENT');
});

it('a run does not start if the log folder cannot be created', async () => {
  const { code, stderr, stdout } = await run('-l', '/proc/x');
  expect(code).toBe(1);
  expect(stderr).toContain('Error: /proc/x: cannot write logs: ENOENT');
  expect(stdout).not.toContain('packets');
});
