/** Another profile, several threads, another batch size, the other matcher; and inline, without drops. */
import { PROFILES } from '../../conformance/agreement.js';
import type { Random } from '../../pseudo-random.js';
import { CROSS_FLOW_RULES, PARTIAL_FILES, VERDICTS } from '../ignored-differences.js';
import type { Scenario } from '../scenario.js';
import type { ScenarioPair, Transformation } from '../transformation.js';
import fragments from './fragments.js';
import { separateHosts } from './merged.js';
import tunnels from './tunnels.js';

const setOptions = (...settings: string[]): string[] => settings.flatMap(setting => ['--set', setting]);
const IDS_SETTINGS = [
  'stream.inline=no',
  'app-layer.protocols.http.libhtp.default-config.http-body-inline=no',
  'exception-policy=ignore',
];
const BATCH_SIZES = [1, 2, 7, 31, 256];
const MATCHERS = ['hs', 'qgram'];
/** All profiles but the default one. */
const OTHER_PROFILES = PROFILES.slice(1);

const runModes: Transformation = (scenario, random) =>
  [inSingleThread, inThreads, inline][random(3)]!(scenario, random);
export default runModes;

/** Also with tunneled or fragmented packets. */
async function inSingleThread(scenario: Scenario, random: Random): Promise<ScenarioPair> {
  const transformation = [undefined, tunnels, fragments][random(3)];
  const original = (await transformation?.(scenario, random))?.transformed ?? scenario;
  return { original, ...withWords(original, randomSettings(random)), ignored: [] };
}

/** One merged capture: if flows are not in the thread that reads captures, they continue across captures. */
function inThreads(scenario: Scenario, random: Random): ReturnType<Transformation> {
  const [profile, threads] = OTHER_PROFILES[random(OTHER_PROFILES.length)]!;
  const separated = separateHosts(scenario, random);
  if (!separated) return undefined;
  const packets = separated.mergedPackets.map(({ packet }) => packet);
  const original = { ...separated.scenario, captures: { all: { linkType: 1, packets } } };
  const words = [
    '--runmode',
    profile,
    ...setOptions(`threading.threads=${threads}`),
    ...randomSettings(random),
  ];
  return { original, ...withWords(original, words), ignored: [CROSS_FLOW_RULES] };
}

/** Inspection of streams and bodies, and error policies, as in IDS mode, so that records have the same packet. */
function inline(scenario: Scenario, random: Random): ReturnType<Transformation> {
  const words = ['--simulate-ips', ...setOptions(...IDS_SETTINGS), ...randomSettings(random)];
  return { original: scenario, ...withWords(scenario, words), ignored: [VERDICTS, PARTIAL_FILES] };
}

function withWords(scenario: Scenario, words: readonly string[]): { name: string; transformed: Scenario } {
  return {
    name: words.join(' '),
    transformed: { ...scenario, words: [...(scenario.words ?? []), ...words] },
  };
}

function randomSettings(random: Random): string[] {
  const matcher = MATCHERS[random(MATCHERS.length)];
  return setOptions(`threading.batch-size=${BATCH_SIZES[random(BATCH_SIZES.length)]}`, `mpm-algo=${matcher}`);
}
