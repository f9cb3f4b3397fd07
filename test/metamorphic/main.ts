/** `npm run metamorphic -- [options] FOLDER`: whether transformed captures and rules give the same records. */
import { parseCommand } from '../command-arguments.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { randomNumbers } from '../pseudo-random.js';
import { differences } from './comparison.js';
import { ScenarioRunner } from './scenario-runner.js';
import { ScenarioSource } from './scenario-source.js';
import { TRANSFORMATIONS } from './transformations.js';

const USAGE = `usage: npm run metamorphic -- [options] FOLDER
  --seconds N     how long (60)
  --seed N        of the first scenario; the next ones count on (1)
  --scenarios N   how many, when that is less
  --only NAME     one transformation, again for more: ${Object.keys(TRANSFORMATIONS).join(', ')}
  --rules FILE    rules instead of those beside the captures, again for more
  --captures N    captures of a scenario (6)`;

const { values, positionals } = parseCommand(
  USAGE,
  {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    scenarios: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    only: { type: 'string', multiple: true },
    rules: { type: 'string', multiple: true },
    captures: { type: 'string', default: '6' },
  },
  words => words === 1,
  { numbers: ['seconds', 'seed', 'scenarios', 'captures'] },
);
const names = values.only ?? Object.keys(TRANSFORMATIONS);
const unknown = names.find(name => !(name in TRANSFORMATIONS));
if (unknown !== undefined) {
  console.error(`${unknown} is none of ${Object.keys(TRANSFORMATIONS).join(', ')}`);
  process.exit(2);
}
const end = Date.now() + Number(values.seconds) * 1000;
const scenarios = new ScenarioSource(positionals[0]!, values.rules);
const engine = new WarmEngine();
let [count, found] = [0, 0];
try {
  for (
    let seed = Number(values.seed);
    Date.now() < end && count < Number(values.scenarios);
    seed++, count++
  ) {
    const runner = new ScenarioRunner(engine);
    const scenario = scenarios.next(Number(values.captures), randomNumbers(seed));
    for (const name of names) {
      const pair = await TRANSFORMATIONS[name]!(scenario, randomNumbers(seed));
      const lines = pair ? await differences(runner, pair) : [];
      if (lines.length > 0) found++;
      for (const line of lines) console.log(`seed ${seed}, ${name}: ${line}`);
    }
  }
} finally {
  engine.close();
}
console.log(`${count} scenarios, ${found} with differences after a transformation`);
process.exitCode = found === 0 ? 0 : 1;
