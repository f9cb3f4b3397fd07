/**
 * The real program reloads rules a hundred times while packets arrive: none is lost, and each is inspected by one rule
 * set.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ethernet, ipv4, packet, pcapFile, udp } from '../packets/builder.js';
import { until } from '../until.js';
import { collectOutput } from './child-output.js';
import { PROGRAM } from './program.js';

const PACKETS = 200;
const FILE_HEADER = 24;

const CONFIG = `%YAML 1.1
---
outputs:
  - fast: { filename: fast.log }
  - eve-log: { filename: eve.json, types: [stats] }
`;
/** One rule that comes and goes, which renumbers the others, one that stays, and one with a different sid each time. */
const rules = (sid: number) => `
${sid % 2 === 0 ? '' : 'alert udp any any -> any 9 (msg:"none"; content:"hello"; sid:2;)'}
alert udp any any -> any 7 (msg:"stays"; content:"hello"; sid:1;)
alert udp any any -> any 7 (msg:"changes"; content:"hello"; pcre:"/number ${sid % 7}|x/"; sid:${sid};)
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-reloads-'));
  writeFileSync(join(folder, 'x.yaml'), CONFIG);
  writeFileSync(join(folder, 'x.rules'), rules(100));
});
afterEach(() => rmSync(folder, { recursive: true }));

function chunk(i: number): Uint8Array {
  const packets = Array.from({ length: PACKETS }, (_, n) =>
    packet(ethernet(), ipv4(), udp({ sport: 1000 + i * PACKETS + n, dport: 7 }), 'hello x'),
  );
  const file = pcapFile(packets);
  return i === 0 ? file : file.subarray(FILE_HEADER);
}

const alerts = (): number[] =>
  existsSync(join(folder, 'fast.log'))
    ? [...readFileSync(join(folder, 'fast.log'), 'utf8').matchAll(/\[1:(\d+):/g)].map(match =>
        Number(match[1]),
      )
    : [];

// In `pipeline`, the thread that logs alerts is not the one that found them.
it.each([
  ['autofp', 100],
  ['pipeline', 30],
])('%s loses no packet in %d reloads', { timeout: 120_000 }, async (mode, reloads) => {
  const capture = join(folder, 'a.pcap');
  writeFileSync(capture, chunk(0));
  const words = ['-c', 'x.yaml', '-l', '.', '-r', capture, '--pcap-file-continuous', '-S', 'x.rules'];
  words.push('--runmode', mode);
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder });
  const out = collectOutput(child);
  const ended = new Promise(resolve => child.on('exit', resolve));
  await until(() => alerts().length > 0, out);
  for (let i = 1; i <= reloads; i++) {
    writeFileSync(join(folder, 'x.rules'), rules(100 + i));
    appendFileSync(capture, chunk(i));
    child.kill('SIGUSR2');
    await until(() => out().split('rule reload complete').length > i, out);
  }
  const all = (reloads + 1) * PACKETS;
  await until(() => alerts().length >= 2 * all, out);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);

  const sids = [...readFileSync(join(folder, 'fast.log'), 'utf8').matchAll(/\[1:(\d+):/g)].map(m =>
    Number(m[1]),
  );
  expect(sids.filter(sid => sid === 1)).toHaveLength(all);
  expect(sids.filter(sid => sid >= 100)).toHaveLength(all);
  const last = readFileSync(join(folder, 'eve.json'), 'utf8').trim().split('\n').at(-1)!;
  const { stats } = JSON.parse(last);
  expect(stats.decoder.pkts).toBe(all);
  expect(stats.detect.alert).toBe(2 * all);
});
