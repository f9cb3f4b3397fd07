/**
 * `npm run rule-oracle`: compares random rules with the oracle for a limited time. A disagreement is reported with its
 * seed, the rule and its input.
 */
import { parseCommand } from '../command-arguments.js';
import { AGREEMENTS } from './agreements.js';

const USAGE = `usage: npm run rule-oracle -- [options] [NAME…]
  --seconds N    how long (60)
  --runs N       how many cases of each, when that is less
  --seed N       of the first case; the next ones count on (1)
NAME: ${Object.keys(AGREEMENTS).join(', ')}; all of them where none is given`;

const { values, positionals } = parseCommand(
  USAGE,
  {
    seconds: { type: 'string', default: '60' },
    runs: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    seed: { type: 'string', default: '1' },
  },
  () => true,
  { numbers: ['seconds', 'runs', 'seed'] },
);

const unknown = positionals.find(name => !(name in AGREEMENTS));
if (unknown !== undefined) {
  console.error(`${unknown} is none of ${Object.keys(AGREEMENTS).join(', ')}`);
  process.exit(2);
}
const names = positionals.length > 0 ? positionals : Object.keys(AGREEMENTS);
const end = Date.now() + Number(values.seconds) * 1000;
const first = Number(values.seed);
let [runs, found] = [0, 0];
for (let seed = first; Date.now() < end && runs < Number(values.runs); seed++, runs++) {
  for (const name of names) {
    const disagreement = await AGREEMENTS[name]!(seed);
    if (disagreement === undefined) continue;
    found++;
    console.error(`${name}, ${disagreement}`);
  }
}
console.log(`${runs} cases of each, ${found} disagreements`);
process.exitCode = found === 0 ? 0 : 1;
