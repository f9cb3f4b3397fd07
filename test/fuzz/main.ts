/**
 * `npm run fuzz -- [options] FOLDER`: replays mutated captures through the whole engine, for a limited time. Captures
 * whose run fails, takes too long, or in which a parser throws are kept, with the seed that made them.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommand } from '../command-arguments.js';
import { capturesBelow } from '../conformance/captures.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { randomNumbers } from '../pseudo-random.js';
import { mutatedCapture } from './mutated-capture.js';

const USAGE = `usage: npm run fuzz -- [options] FOLDER
  --seconds N    how long (60)
  --runs N       how many, when that is less
  --seed N       of the first run; the next ones count on (1)
  --rules FILE   signatures to run besides
  --limit N      seconds that one run may take (60)
  --keep FOLDER  where captures that fail are kept (fuzz-findings)`;

/** Larger captures take long and find little more. */
const MAX_CAPTURE_BYTES = 2 ** 21;

const CONFIG = `%YAML 1.1
---
logging: { default-log-level: debug, outputs: [{ console: { enabled: yes } }] }
stream: { checksum-validation: no }
outputs: [{ eve-log: { enabled: yes } }]
`;

const { values, positionals } = parseCommand(
  USAGE,
  {
    seconds: { type: 'string', default: '60' },
    runs: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    seed: { type: 'string', default: '1' },
    rules: { type: 'string' },
    limit: { type: 'string', default: '60' },
    keep: { type: 'string', default: 'fuzz-findings' },
  },
  words => words === 1,
  { numbers: ['seconds', 'runs', 'seed', 'limit'] },
);

const captures = capturesBelow(positionals[0]!).filter(path => statSync(path).size <= MAX_CAPTURE_BYTES);
if (captures.length === 0) {
  console.error(`no captures up to ${MAX_CAPTURE_BYTES} bytes below ${positionals[0]}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
const engine = new WarmEngine();
const end = Date.now() + Number(values.seconds) * 1000;
let [runs, findings] = [0, 0];
try {
  writeFileSync(join(folder, 'sluice.yaml'), CONFIG);
  for (let seed = Number(values.seed); Date.now() < end && runs < Number(values.runs); seed++) {
    const random = randomNumbers(seed);
    const path = captures[random(captures.length)]!;
    const bytes = mutatedCapture(readFileSync(path), random);
    if (!bytes) continue;
    runs++;
    const failure = await replay(bytes);
    if (failure === undefined) continue;
    findings++;
    keep(bytes, seed, path, failure);
  }
} finally {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${runs} captures replayed, ${findings} failures`);
process.exitCode = findings === 0 ? 0 : 1;

/** @returns what went wrong */
async function replay(bytes: Uint8Array): Promise<string | undefined> {
  writeFileSync(join(folder, 'capture.pcap'), bytes);
  const rules = values.rules ? ['-S', values.rules] : ['-S', '/dev/null'];
  const args = ['-c', join(folder, 'sluice.yaml'), '-r', join(folder, 'capture.pcap'), '-l', folder];
  const options = {
    cwd: process.cwd(),
    env: process.env,
    output: folder,
    timeoutSeconds: Number(values.limit),
  };
  const status = await engine.run([...args, '--runmode', 'single', '-k', 'none', ...rules], options);
  const printed = readFileSync(join(folder, 'stderr'), 'utf8') + readFileSync(join(folder, 'stdout'), 'utf8');
  rmSync(join(folder, 'eve.json'), { force: true });
  const thrown = /parser \S+ failed:.{0,400}/s.exec(printed);
  if (thrown) return thrown[0];
  return status === 0 ? undefined : `ended with ${status}: ${printed.slice(-400)}`;
}

function keep(bytes: Uint8Array, seed: number, path: string, failure: string): void {
  mkdirSync(values.keep, { recursive: true });
  const file = join(values.keep, `${seed}.pcap`);
  writeFileSync(file, bytes);
  console.error(`${file}: seed ${seed} of ${path}: ${failure}`);
}
