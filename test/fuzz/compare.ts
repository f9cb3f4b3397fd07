/**
 * `npm run fuzz-compare -- [options] FOLDER`: whether mutated captures give the same records in every configuration:
 * with other batch sizes, several threads, the other matcher, in IDS and inline mode. This runs code that no clean
 * capture reaches.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommand } from '../command-arguments.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { disagreements } from './disagreements.js';
import { mutatedCaptureFolder } from './mutated-capture-folder.js';

const USAGE = `usage: npm run fuzz-compare -- [options] FOLDER
  --rules FILE   signatures (signatures/sample.rules)
  --captures N   how many changed captures go through one run (40)
  --rounds N     how many of those runs (1)
  --seed N       of the first capture; the next ones count on (1)
  --keep FOLDER  where captures with different records are kept (fuzz-findings)`;

const { values, positionals } = parseCommand(
  USAGE,
  {
    rules: { type: 'string', default: 'signatures/sample.rules' },
    captures: { type: 'string', default: '40' },
    rounds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string', default: 'fuzz-findings' },
  },
  words => words === 1,
  { numbers: ['captures', 'rounds', 'seed'] },
);
const engine = new WarmEngine();
let [seed, found] = [Number(values.seed), 0];
try {
  for (let round = 0; round < Number(values.rounds); round++, seed += Number(values.captures)) {
    const folder = mutatedCaptureFolder(positionals[0]!, seed, Number(values.captures));
    for (const [capture, lines] of Object.entries(await disagreements(engine, folder, values.rules))) {
      found++;
      mkdirSync(values.keep, { recursive: true });
      if (capture.endsWith('.pcap')) copyFileSync(join(folder, capture), join(values.keep, capture));
      console.log(`${capture}\n  ${lines.join('\n  ')}`);
    }
    rmSync(folder, { recursive: true });
  }
} finally {
  engine.close();
}
console.log(found === 0 ? 'all agree' : `${found} captures with different records`);
process.exitCode = found === 0 ? 0 : 1;
