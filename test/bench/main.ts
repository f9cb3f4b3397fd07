/**
 * `npm run bench -- [options]`
 *
 * Measures the whole engine and each chain of its stages, each run in a process of its own. Cases take turns so that
 * noise of the machine affects all of them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseCommand } from '../command-arguments.js';
import { benchCapture } from './capture.js';
import { type Case, cases } from './cases.js';
import { type Configurations, writeConfiguration } from './configuration.js';
import { pausesIn } from './garbage.js';
import { hardwareCounts, perfCommand } from './hardware.js';
import type { Job, Measured } from './measure.js';
import { picture } from './picture.js';
import { PROJECT } from './project-folder.js';
import {
  type CaseResult,
  comparison,
  HEADINGS,
  line,
  type Run,
  stageLines,
  summarize,
  yardstick,
} from './result.js';

const RESULTS = join(PROJECT, 'test', 'bench', 'results');
/** How cycles and instructions are counted; undefined if the machine does not provide them. */
const COUNTERS = perfCommand();
const MEASURE = join(PROJECT, 'dist', 'test', 'bench', 'measure.js');

interface Saved {
  readonly machine: string;
  readonly node: string;
  readonly results: readonly CaseResult[];
}

const USAGE = `usage: npm run bench -- [options]
  -n, --runs N       runs of each case (3)
  --all              more cases
  --only TEXT        cases with this in their name
  --capture FILE     another capture
  --save FILE        where results go (test/bench/results/last.json)
  --compare [FILE]   tells how they differ from those of a file (test/bench/results/accepted.json)
  --accept           puts them in the place of those accepted
  --draw FILE        makes a picture`;

const { values } = parseCommand(
  USAGE,
  {
    runs: { type: 'string', short: 'n', default: '3' },
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    save: { type: 'string', default: join(RESULTS, 'last.json') },
    compare: { type: 'string' },
    accept: { type: 'boolean', default: false },
    draw: { type: 'string' },
    capture: { type: 'string' },
  },
  words => words === 0,
  {
    numbers: ['runs'],
    words: process.argv
      .slice(2)
      .map((word, i, words) => (bareCompare(word, words[i + 1]) ? '--compare=' : word)),
  },
);

function bareCompare(word: string, next: string | undefined): boolean {
  return word === '--compare' && (next === undefined || next.startsWith('-'));
}

const work = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
try {
  const capture = values.capture ?? benchCapture(work);
  const configurations = writeConfiguration(work);
  const chosen = cases(configurations.generatedRules, values.all).filter(each =>
    each.name.includes(values.only),
  );
  const runs = new Map<Case, Run[]>(chosen.map(each => [each, []]));
  for (let i = 0; i < Number(values.runs); i++) {
    for (const [each, list] of runs) list.push(measure(each, capture, configurations));
  }
  // Without decoding, packets are not counted.
  const packets = Math.max(0, ...[...runs.values()].flat().map(run => run.packets));
  const counted = (run: Run): Run => ({ ...run, packets: run.packets || packets });
  printResults([...runs].map(([each, list]) => summarize(each.name, list.map(counted))));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function measure(each: Case, capture: string, { alerts, everyRecord }: Configurations): Run {
  if (each.cold) rmSync(join(work, 'cache'), { recursive: true, force: true });
  rmSync(join(work, 'logs'), { recursive: true, force: true });
  mkdirSync(join(work, 'logs'));
  const { words, threads, bare = false, stages = false, passes } = each;
  const configuration = each.everyRecord ? everyRecord : alerts;
  const job: Job = { capture, configuration, words, threads, bare, stages, ...(passes && { passes }) };
  const counted = COUNTERS === undefined ? [] : [...COUNTERS, '--output', join(work, 'perf.csv')];
  const [program, ...arguments_] = [...counted, process.execPath, '--trace-gc', MEASURE, JSON.stringify(job)];
  const output = execFileSync(program!, arguments_, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // The last lines may be those of the garbage collector.
  const result = output.split('\n').findLast(text => text.startsWith('{'));
  if (result === undefined) throw new Error(`${each.name}: no result\n${output.slice(-1000)}`);
  const measured = JSON.parse(result) as Measured;
  process.stderr.write(`${each.name}: ${measured.seconds.toFixed(2)} s\n`);
  const hardware = COUNTERS && hardwareCounts(readFileSync(join(work, 'perf.csv'), 'utf8'));
  return { ...measured, pauses: pausesIn(output), ...(hardware && { hardware }) };
}

function printResults(results: readonly CaseResult[]): void {
  const machine = `${cpus()[0]?.model}, ${availableParallelism()} cores`;
  console.log(`${machine}, Node ${process.version}\n${HEADINGS}`);
  for (const result of results) console.log(line(result));
  for (const result of results) for (const text of stageLines(result)) console.log(text);
  for (const text of yardstick(results)) console.log(text);
  if (values.compare !== undefined) {
    const file = values.compare || join(RESULTS, 'accepted.json');
    if (existsSync(file)) {
      const before = JSON.parse(readFileSync(file, 'utf8')) as Saved;
      console.log(`\nCompared with ${file}\n${comparison(before.results, results).join('\n')}`);
    } else console.log(`\nNothing to compare with: ${file} does not exist`);
  }
  mkdirSync(dirname(values.save), { recursive: true });
  const saved: Saved = { machine, node: process.version, results };
  const text = `${JSON.stringify(saved, null, 1)}\n`;
  writeFileSync(values.save, text);
  if (values.accept) writeFileSync(join(RESULTS, 'accepted.json'), text);
  if (values.draw !== undefined) writeFileSync(values.draw, picture(machine, results));
}
