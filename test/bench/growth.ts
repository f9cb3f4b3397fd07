/**
 * How cost grows: `npm run growth -- [options]`.
 *
 * Rules from 1,000 to 36,000, flows from 10,000 to 2,000,000, packets from 64 to 1,500 bytes, threads from one to all
 * cores; each point is the run with the least CPU time. Prints memory per rule and per flow, and the exponent with
 * which each cost grows (1: linear).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseCommand } from '../command-arguments.js';
import { benchCapture, sharedRules } from './capture.js';
import { type Curve, curves } from './chart.js';
import { writeConfiguration } from './configuration.js';
import { flowsCapture, sizedCapture } from './growing-captures.js';
import type { Job, Measured } from './measure.js';
import { PROJECT } from './project-folder.js';

const MEASURE = join(PROJECT, 'dist', 'test', 'bench', 'measure.js');
const NO_RULES = ['--disable-detection'];

const USAGE = `usage: npm run growth -- [options]
  -n, --runs N     runs of each point, of which the one with the least CPU time counts (2)
  --only TEXT      of rules, flows, packet size and threads those with this in their name
  --capture FILE   another capture for rules and threads
  --save FILE      where results go (test/bench/results/growth.json)
  --draw FILE      makes a picture`;

const { values } = parseCommand(
  USAGE,
  {
    runs: { type: 'string', short: 'n', default: '2' },
    save: { type: 'string', default: join(PROJECT, 'test', 'bench', 'results', 'growth.json') },
    draw: { type: 'string' },
    only: { type: 'string', default: '' },
    capture: { type: 'string' },
  },
  words => words === 0,
  { numbers: ['runs'] },
);

const work = mkdtempSync(join(tmpdir(), 'sluice-growth-'));
const { alerts: configuration } = writeConfiguration(work);

function measure(capture: string, words: readonly string[], threads = 1): Measured {
  const job: Job = { capture, configuration, words, threads };
  const runs = Array.from({ length: Number(values.runs) }, () => {
    const output = execFileSync(process.execPath, [MEASURE, JSON.stringify(job)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(output.trimEnd().split('\n').at(-1)!) as Measured;
  });
  process.stderr.write('.');
  return runs.sort((a, b) => a.cpuSeconds - b.cpuSeconds)[0]!;
}

const single = [...NO_RULES, '--runmode', 'single'];
const perPacket = ({ cpuSeconds, packets }: Measured) => (cpuSeconds * 1e6) / packets;

interface Grown {
  readonly name: string;
  readonly points: readonly (readonly [x: number, measured: Measured])[];
  readonly curves: readonly Curve[];
  readonly lines: readonly string[];
}

function rules(): Grown {
  const lines = readFileSync(sharedRules('et-open.rules')!, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('alert'));
  const capture = values.capture ?? benchCapture(work);
  const counts = [0, 1000, 3000, 9000, 18_000, lines.length];
  const points = counts.map(count => {
    // Taken evenly from the whole file, since rules of one kind are next to each other.
    const some = lines.filter(
      (_, i) => Math.floor((i * count) / lines.length) !== Math.floor(((i + 1) * count) / lines.length),
    );
    const file = join(work, `rules-${count}.rules`);
    writeFileSync(file, `${some.join('\n')}\n`);
    const words = count === 0 ? single : ['-S', file, '--runmode', 'single'];
    return [Math.max(1, count), measure(capture, words)] as const;
  });
  const [[, none]] = points as [(typeof points)[0]];
  const [most, last] = points.at(-1)!;
  const shown = points.slice(1);
  const perRule = (last.peakBytes - none.peakBytes) / most / 1024;
  return {
    name: 'rules',
    points,
    curves: [
      {
        title: 'Rules and CPU time',
        x: 'rules',
        y: 'µs a packet',
        points: shown.map(([x, m]) => [x, perPacket(m)]),
      },
      {
        title: 'Rules and memory',
        x: 'rules',
        y: 'MB at most',
        points: shown.map(([x, m]) => [x, m.peakBytes / 2 ** 20]),
      },
    ],
    lines: [
      `memory per rule: ${perRule.toFixed(2)} KB`,
      order(
        'rules',
        shown.map(([x, m]) => [x, perPacket(m)]),
      ),
    ],
  };
}

function flows(): Grown {
  const points = [10_000, 50_000, 200_000, 1_000_000, 2_000_000].map(count => {
    const words = [...single, '-k', 'none', '--set', 'flow.memcap=2gb'];
    return [count, measure(flowsCapture(work, count), words)] as const;
  });
  const [[few, least]] = points as [(typeof points)[0]];
  const [most, last] = points.at(-1)!;
  const perFlow = (last.peakBytes - least.peakBytes) / (most - few);
  return {
    name: 'flows',
    points,
    curves: [
      {
        title: 'Flows and CPU time',
        x: 'flows',
        y: 'µs a packet',
        points: points.map(([x, m]) => [x, perPacket(m)]),
      },
      {
        title: 'Flows and memory',
        x: 'flows',
        y: 'MB at most',
        points: points.map(([x, m]) => [x, m.peakBytes / 2 ** 20]),
      },
    ],
    lines: [
      `memory per flow: ${perFlow.toFixed(0)} bytes`,
      order(
        'flows',
        points.map(([x, m]) => [x, m.cpuSeconds]),
      ),
    ],
  };
}

function sizes(): Grown {
  const points = [64, 128, 256, 512, 1024, 1500].map(
    size => [size, measure(sizedCapture(work, size), [...single, '-k', 'none'])] as const,
  );
  return {
    name: 'packet size',
    points,
    curves: [
      {
        title: 'Packet size and CPU time',
        x: 'bytes',
        y: 'µs a packet',
        points: points.map(([x, m]) => [x, perPacket(m)]),
      },
    ],
    lines: [
      order(
        'packet size',
        points.map(([x, m]) => [x, perPacket(m)]),
      ),
    ],
  };
}

function threads(): Grown {
  const capture = values.capture ?? benchCapture(work);
  const counts = Array.from({ length: availableParallelism() }, (_, i) => i + 1);
  const points = counts.map(
    count =>
      [
        count,
        measure(
          capture,
          [
            ...NO_RULES,
            '--runmode',
            count === 1 ? 'single' : 'autofp',
            '--set',
            `threading.threads=${count}`,
          ],
          count,
        ),
      ] as const,
  );
  const speed = ({ packets, seconds }: Measured) => packets / seconds;
  return {
    name: 'threads',
    points,
    curves: [
      {
        title: 'Workers and speed',
        x: 'workers',
        y: 'packets/s',
        points: points.map(([x, m]) => [x, speed(m)]),
      },
    ],
    lines: [
      `${counts.length} workers: ${(speed(points.at(-1)![1]) / speed(points[0]![1])).toFixed(2)} × the packets/s of one thread`,
    ],
  };
}

/** The exponent of growth between the first and the last point: 1 is linear. */
function order(name: string, points: readonly (readonly [number, number])[]): string {
  const [[x1, y1], [x2, y2]] = [points[0]!, points.at(-1)!];
  return `${name}: cost grows as its power of ${(Math.log(y2 / y1) / Math.log(x2 / x1)).toFixed(2)}`;
}

try {
  const subjects = { rules, flows, 'packet size': sizes, threads };
  const chosen = Object.entries(subjects).filter(([name]) => name.includes(values.only));
  const grown = chosen.map(([, measureAll]) => measureAll());
  const machine = `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}`;
  console.log(machine);
  for (const { name, points, lines } of grown) {
    console.log(`\n${name}`);
    for (const [x, measured] of points)
      console.log(
        `${String(x).padStart(10)}  ${perPacket(measured).toFixed(3)} µs/packet  ${(measured.peakBytes / 2 ** 20).toFixed(0)} MB  start ${measured.startSeconds.toFixed(2)} s`,
      );
    for (const line of lines) console.log(line);
  }
  mkdirSync(dirname(values.save), { recursive: true });
  writeFileSync(
    values.save,
    `${JSON.stringify({ machine, grown: grown.map(({ name, points, lines }) => ({ name, points, lines })) }, null, 1)}\n`,
  );
  if (values.draw !== undefined)
    writeFileSync(
      values.draw,
      curves(
        machine,
        grown.flatMap(each => each.curves),
      ),
    );
} finally {
  rmSync(work, { recursive: true, force: true });
}
