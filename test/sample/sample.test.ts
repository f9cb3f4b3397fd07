import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Alerts of the sample with the bundled rules, by signature, from the output of the program. */
function alertsOfSample(environment: Record<string, string>, ...words: string[]): Record<string, number> {
  const logs = mkdtempSync(join(tmpdir(), 'sluice-sample-'));
  const files = [
    '-r',
    'test/sample/sample.pcap',
    '-S',
    'signatures/sample.rules',
    '-c',
    'suricata-like.yaml',
    '-l',
    logs,
  ];
  const run = spawnSync(process.execPath, ['engine/bin/sluice.mjs', ...files, ...words], {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  const lines = readFileSync(join(logs, 'fast.log'), 'utf8').split('\n').filter(Boolean);
  rmSync(logs, { recursive: true });
  expect(run.status, run.stderr).toBe(0);
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const sid = /\[1:(\d+):/.exec(line)![1]!;
    counts[sid] = (counts[sid] ?? 0) + 1;
  }
  return counts;
}

const EXPECTED = {
  1000001: 2,
  1000002: 1,
  1000003: 1,
  1000004: 1,
  1000005: 1,
  1000006: 1,
  1000007: 1,
  1000008: 2,
  1000009: 1,
};

it.each(['single', 'workers', 'autofp', 'pipeline', 'oisf2009'])(
  'the sample gives its alerts in profile %s',
  profile => {
    expect(alertsOfSample({}, '--runmode', profile)).toEqual(EXPECTED);
  },
);

it('the sample gives its alerts in pure TypeScript', () => {
  expect(alertsOfSample({ SLUICE_NATIVE: 'off' }, '--runmode', 'single')).toEqual(EXPECTED);
});

it.each([1, 7, 4096])('the sample gives its alerts with batches of %d', size => {
  expect(alertsOfSample({}, '--runmode', 'single', '--set', `threading.batch-size=${size}`)).toEqual(
    EXPECTED,
  );
});

it('the sample gives its alerts inline', () => {
  expect(alertsOfSample({}, '--runmode', 'single', '--simulate-ips')).toEqual(EXPECTED);
});
