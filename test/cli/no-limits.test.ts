/** A memcap of 0 means no limit where it is accepted: the result is that of the defaults. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSluice } from './program.js';

const LIMITS = [
  'stream.memcap',
  'stream.reassembly.memcap',
  'app-layer.protocols.http.memcap',
  'app-layer.protocols.http.byterange.memcap',
];
const RULE =
  'alert http any any -> any any (msg:"answer"; flow:to_client; http.response_body; content:"html"; sid:1;)';

it('with memcaps of 0, content in bodies is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-no-limits-'));
  const rules = join(folder, 'my.rules');
  writeFileSync(rules, RULE);
  const alerts: number[] = [];
  for (const sets of [[], LIMITS.flatMap(path => ['--set', `${path}=0`])]) {
    const words = ['-r', 'test/sample/sample.pcap', '-k', 'none', '-S', rules, '-l', folder, ...sets];
    expect((await runSluice(words)).code).toBe(0);
    alerts.push(readFileSync(join(folder, 'fast.log'), 'utf8').split('\n').length);
    rmSync(join(folder, 'fast.log'));
  }
  expect(alerts[0]).toBeGreaterThan(1);
  expect(alerts[1]).toBe(alerts[0]);
  rmSync(folder, { recursive: true });
});
