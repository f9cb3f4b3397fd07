/** Another profile, several threads, another batch size, the other matcher; and inline, without drops. */
import { PROFILES } from '../../conformance/agreement.js';
import type { Random } from '../../pseudo-random.js';
import { COUNTS_OVER_FLOWS, FILES_AS_THEY_COME, VERDICTS } from '../left-out.js';
import type { Retelling, Retold } from '../retelling.js';
import type { Story } from '../story.js';
import fragments from './fragments.js';
import { apart } from './merged.js';
import tunnels from './tunnels.js';

const set = (...settings: string[]): string[] => settings.flatMap(setting => ['--set', setting]);
const AS_AFTERWARDS = [
  'stream.inline=no',
  'app-layer.protocols.http.libhtp.default-config.http-body-inline=no',
  'exception-policy=ignore',
];
const BATCHES = [1, 2, 7, 31, 256];
const MATCHERS = ['hs', 'qgram'];
/** All profiles but the default one. */
const OTHER_PROFILES = PROFILES.slice(1);

const ways: Retelling = (story, random) => [inThisThread, inThreads, inline][random(3)]!(story, random);
export default ways;

/** Also with tunneled or fragmented packets. */
async function inThisThread(story: Story, random: Random): Promise<Retold> {
  const carried = [undefined, tunnels, fragments][random(3)];
  const told = (await carried?.(story, random))?.retold ?? story;
  return { told, ...otherwise(told, settings(random)), leftOut: [] };
}

/** One merged capture: if flows are not in the thread that reads captures, they continue across captures. */
function inThreads(story: Story, random: Random): ReturnType<Retelling> {
  const [profile, threads] = OTHER_PROFILES[random(OTHER_PROFILES.length)]!;
  const all = apart(story, random);
  if (!all) return undefined;
  const packets = all.placed.map(({ packet }) => packet);
  const told = { ...all.story, captures: { all: { linkType: 1, packets } } };
  const words = ['--runmode', profile, ...set(`threading.threads=${threads}`), ...settings(random)];
  return { told, ...otherwise(told, words), leftOut: [COUNTS_OVER_FLOWS] };
}

/** Inspection of streams and bodies, and error policies, as in IDS mode, so that records have the same packet. */
function inline(story: Story, random: Random): ReturnType<Retelling> {
  const words = ['--simulate-ips', ...set(...AS_AFTERWARDS), ...settings(random)];
  return { told: story, ...otherwise(story, words), leftOut: [VERDICTS, FILES_AS_THEY_COME] };
}

function otherwise(story: Story, words: readonly string[]): { name: string; retold: Story } {
  return { name: words.join(' '), retold: { ...story, words: [...(story.words ?? []), ...words] } };
}

function settings(random: Random): string[] {
  const matcher = MATCHERS[random(MATCHERS.length)];
  return set(`threading.batch-size=${BATCHES[random(BATCHES.length)]}`, `mpm-algo=${matcher}`);
}
