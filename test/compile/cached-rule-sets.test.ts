/** Runs of the real program reuse a compiled rule set, whatever they read and with any number of threads. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runSluice } from '../cli/program.js';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kept-'));
  writeFileSync(join(folder, 'x.rules'), 'alert udp any any -> any 7 (content:"hello"; sid:7;)\n');
  for (const name of ['a.pcap', 'b.pcap'])
    writeFileSync(join(folder, name), pcapFile([packet(ethernet(), ipv4(), udp({ dport: 7 }), 'hello')]));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CACHE = ['--set', 'detect.sgh-mpm-caching-path=cache'];

async function run(...words: string[]): Promise<void> {
  const { code, stderr } = await runSluice(['-l', '.', '-S', 'x.rules', ...CACHE, ...words], { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
}

function kept(): number {
  const cache = join(folder, 'cache');
  return existsSync(cache) ? readdirSync(cache).filter(name => name.endsWith('.rules')).length : 0;
}

it('runs with other captures, threads and outputs reuse a compiled rule set', async () => {
  await run('-r', 'a.pcap');
  expect(kept()).toBe(1);
  await run('-r', 'b.pcap');
  await run('-r', 'b.pcap', 'udp');
  await run('-r', 'a.pcap', '-k', 'none', '--runmode', 'workers', '--set', 'threading.threads=2');
  await run('-r', 'a.pcap', '--set', 'outputs.0.fast.enabled=no', '--set', 'flow.memcap=16mb');
  expect(kept()).toBe(1);
}, 60_000);

it('runs with other address variables or other detection limits compile a rule set of their own', async () => {
  await run('-r', 'a.pcap');
  await run('-r', 'a.pcap', '--set', 'vars.address-groups.HOME_NET=10.0.0.0/8');
  await run('-r', 'a.pcap', '--set', 'detect.profile=high');
  expect(kept()).toBe(3);
}, 60_000);
