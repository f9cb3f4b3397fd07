/** `npm run retell -- [options] FOLDER`: whether transformed captures and rules give the same alerts and records. */
import { commandWords } from '../command-words.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { randomNumbers } from '../pseudo-random.js';
import { differences } from './comparison.js';
import { KINDS } from './kinds.js';
import { Stories } from './stories.js';
import { Teller } from './telling.js';

const USAGE = `usage: npm run retell -- [options] FOLDER
  --seconds N    how long (60)
  --seed N       of the first story; the next ones count on (1)
  --stories N    how many, when that is less
  --only KIND    one kind, again for more: ${Object.keys(KINDS).join(', ')}
  --rules FILE   rules instead of those beside the captures, again for more
  --captures N   captures of a story (6)`;

const { values, positionals } = commandWords(
  USAGE,
  {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    stories: { type: 'string', default: String(Number.MAX_SAFE_INTEGER) },
    only: { type: 'string', multiple: true },
    rules: { type: 'string', multiple: true },
    captures: { type: 'string', default: '6' },
  },
  words => words === 1,
  { numbers: ['seconds', 'seed', 'stories', 'captures'] },
);
const kinds = values.only ?? Object.keys(KINDS);
const unknown = kinds.find(name => !(name in KINDS));
if (unknown !== undefined) {
  console.error(`${unknown} is none of ${Object.keys(KINDS).join(', ')}`);
  process.exit(2);
}
const end = Date.now() + Number(values.seconds) * 1000;
const stories = new Stories(positionals[0]!, values.rules);
const engine = new WarmEngine();
let [told, found] = [0, 0];
try {
  for (let seed = Number(values.seed); Date.now() < end && told < Number(values.stories); seed++, told++) {
    const teller = new Teller(engine);
    const story = stories.next(Number(values.captures), randomNumbers(seed));
    for (const kind of kinds) {
      const retold = await KINDS[kind]!(story, randomNumbers(seed));
      const lines = retold ? await differences(teller, retold) : [];
      if (lines.length > 0) found++;
      for (const line of lines) console.log(`seed ${seed}, ${kind}: ${line}`);
    }
  }
} finally {
  engine.close();
}
console.log(`${told} conversations, ${found} with differences after a transformation`);
process.exitCode = found === 0 ? 0 : 1;
