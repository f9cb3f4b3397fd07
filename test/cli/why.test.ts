/** `sluice why`: where it looks for the records of a run, and what it reports about those it cannot read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { command } from '../../engine/cli/commands/why.js';

let folder: string;
let output = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-why-'));
  output = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    output += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const DROP = {
  ...{ timestamp: '2026-01-01T00:00:00.000000+0000', flow_id: 12, pcap_cnt: 3, event_type: 'drop' },
  ...{ src_ip: '10.0.0.1', src_port: 1, dest_ip: '10.0.0.2', dest_port: 2, proto: 'TCP' },
  drop: { reason: 'flow memcap' },
};

it('sluice why reads records in the log folder of the configuration, or in a given one', async () => {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  writeFileSync(join(logs, 'eve.json'), `${JSON.stringify(DROP)}\n{"cut":`);
  writeFileSync(join(folder, 'x.yaml'), `%YAML 1.1\n---\ndefault-log-dir: ${logs}\n`);
  expect(await command(['12', '-c', join(folder, 'x.yaml')])).toBe(0);
  expect(output).toContain('dropped because the memcap for flows was reached');
  output = '';
  expect(await command(['3', '-l', logs])).toBe(0);
  expect(output).toContain('packet 3: dropped because');
  expect(await command(['4', '-l', logs])).toBe(1);
});

it('sluice why reports unreadable records and unknown packets', async () => {
  mkdirSync(join(folder, 'eve.json'));
  await expect(command(['1', '-l', folder])).rejects.toThrow(/eve\.json cannot be read: EISDIR/);
  await expect(command(['1', '--nope'])).rejects.toThrow("unknown option '--nope'");
  await expect(command(['x', '-l', folder])).rejects.toThrow('x: expected a flow_id');
});
