/** Signals during the preparation of a run. */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM } from './program.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-early-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('signals during preparation do not end the run: rules are reloaded once the threads run', async () => {
  const hello = packet(ethernet(), ipv4(), udp({ dport: 7 }), 'hello');
  writeFileSync(join(folder, 'a.pcap'), pcapFile([hello]));
  writeFileSync(join(folder, 'x.rules'), 'alert udp any any -> any 7 (dsize:5; sid:7;)\n');
  const words = ['-r', 'a.pcap', '-S', 'x.rules', '-l', '.', '-v', '--pcap-file-continuous'];
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
  const output = collectOutput(child);
  try {
    // The first message, before rules are loaded.
    await until(() => output().includes('This is Sluice'), output);
    child.kill('SIGHUP');
    child.kill('SIGUSR2');
    await until(() => output().includes('rule reload complete'), output);
    appendFileSync(join(folder, 'a.pcap'), pcapFile([hello]).subarray(24));
    const alerts = () =>
      existsSync(join(folder, 'fast.log')) ? readFileSync(join(folder, 'fast.log'), 'utf8') : '';
    await until(() => alerts().split('\n').length === 3, output);
  } finally {
    child.kill('SIGTERM');
  }
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(0);
}, 60_000);
