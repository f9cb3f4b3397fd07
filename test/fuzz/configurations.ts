/**
 * `npm run fuzz-config -- [options]`: runs the engine with random mistakes in its configuration, for a limited time.
 * Each must be accepted, or rejected with an error that describes it; any other end, and messages that are not written
 * for users, are reported with the changed lines.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand } from '../command-arguments.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedConfiguration } from './configuration-mutator.js';

const USAGE = `usage: npm run fuzz-config -- [options]
  --seconds N    how long (60)
  --seed N       of the first run; the next ones count on (1)
  --limit N      seconds that one run may take (20)
  --config FILE  what is changed (suricata-like.yaml)`;

/** Patterns of internal exceptions, and of values printed without formatting. */
const INTERNAL_ERROR =
  /(TypeError|RangeError|ReferenceError|Cannot read|is not (a function|iterable)|\bundefined\b(?! variable)|\bNaN\b|\[object |\n +at )/;

const { values } = parseCommand(
  USAGE,
  {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string', default: '20' },
    config: { type: 'string', default: 'suricata-like.yaml' },
  },
  words => words === 0,
  { numbers: ['seconds', 'seed', 'limit'] },
);

const original = readFileSync(values.config, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
const engine = new WarmEngine();
const end = Date.now() + Number(values.seconds) * 1000;
let [runs, findings] = [0, 0];
try {
  for (let seed = Number(values.seed); Date.now() < end; seed++, runs++) {
    const { text, changes } = mutatedConfiguration(original, randomNumbers(seed));
    const failure = await run(text, seed);
    if (failure === undefined) continue;
    findings++;
    console.error(`seed ${seed}: ${failure}\n  ${changes.join('\n  ')}`);
  }
} finally {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${runs} configurations, ${findings} failures`);
process.exitCode = findings === 0 ? 0 : 1;

/** @returns what went wrong */
async function run(text: string, seed: number): Promise<string | undefined> {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  writeFileSync(join(folder, 'changed.yaml'), text);
  const capture = [
    '-r',
    join(process.cwd(), 'test/sample/sample.pcap'),
    '--runmode',
    seed % 2 ? 'single' : 'workers',
  ];
  const args = [
    ...['-c', join(folder, 'changed.yaml'), '--set', `default-data-dir=${folder}`, '-l', logs],
    ...['-S', join(process.cwd(), 'signatures/sample.rules'), ...(seed % 3 ? capture : ['-T'])],
  ];
  const options = { cwd: folder, env: process.env, output: folder, timeoutSeconds: Number(values.limit) };
  const status = await engine.run(args, options);
  const printed = readFileSync(join(folder, 'stderr'), 'utf8') + readFileSync(join(folder, 'stdout'), 'utf8');
  rmSync(logs, { recursive: true });
  if (status !== 0 && status !== 1) return `ended with ${status}: ${printed.slice(-400)}`;
  if (status === 1 && !printed.includes('Error: ')) return 'refused without an error';
  return INTERNAL_ERROR.exec(printed) ? printed.slice(0, 800) : undefined;
}
