/**
 * The cost of a capture beyond its packets: `node dist/test/bench/many.js [COUNT]` replays COUNT captures of one flow
 * each (10,000) with all cores, and the same packets in one capture.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcapFile } from '../packets/builder.js';
import { conversations, largeCapture } from './capture.js';
import { writeConfiguration } from './configuration.js';
import type { Job, Measured } from './measure.js';
import { PROJECT } from './project-folder.js';

const count = Number(process.argv[2] ?? 10_000);
const work = mkdtempSync(join(tmpdir(), 'sluice-many-'));

function replay(capture: string, words: readonly string[], threads: number): Measured {
  const { alerts: configuration, generatedRules } = writeConfiguration(work);
  const job: Job = { capture, configuration, threads, words: ['-S', generatedRules, ...words] };
  const measure = join(PROJECT, 'dist', 'test', 'bench', 'measure.js');
  const output = execFileSync(process.execPath, [measure, JSON.stringify(job)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trimEnd().split('\n').at(-1)!) as Measured;
}

try {
  const packets = conversations(count);
  const folder = join(work, 'captures');
  mkdirSync(folder);
  const each = packets.length / count;
  for (let i = 0; i < count; i++)
    writeFileSync(join(folder, `${i}.pcap`), pcapFile(packets.slice(i * each, (i + 1) * each)));
  const whole = join(work, 'whole.pcap');
  writeFileSync(whole, largeCapture(packets));
  const one = replay(whole, ['--runmode', 'single'], 1);
  const many = replay(
    folder,
    ['--runmode', 'workers', '--set', 'pcap-file.separate=yes'],
    availableParallelism(),
  );
  const beyond = (figure: (run: Measured) => number) =>
    (((figure(many) - figure(one)) / count) * 1000).toFixed(3);
  console.log(`${count} captures: ${many.seconds.toFixed(2)} s, CPU ${many.cpuSeconds.toFixed(2)} s`);
  console.log(
    `the same packets in one capture: ${one.seconds.toFixed(2)} s, CPU ${one.cpuSeconds.toFixed(2)} s`,
  );
  console.log(
    `cost per file beyond its packets: ${beyond(run => run.seconds)} ms, CPU ${beyond(run => run.cpuSeconds)} ms`,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
