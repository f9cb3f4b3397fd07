/** Properties of all streams; each function throws if its property does not hold for the seed. */
import { POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import { randomFractions } from '../pseudo-random.js';
import { Feed } from './feed.js';
import { conflictingSteps, faithfulSteps, randomText, type Step } from './random-stream.js';
import { ReferenceModel } from './reference-model.js';

const ISNS = [0, 1, 2 ** 31 - 10, 2 ** 32 - 11];
const CLASSES = ['first', 'last', 'bsd', 'linux', 'old-linux', 'solaris'];
/** Memory is allocated once: each seed begins with the memory released by the previous one. */
const feeds = new Map<string, Feed>();

/**
 * With conflicting data, each policy gives the result of the reference model; inline, packets leave as in the model.
 */
export function agreesWithModel(seed: number): void {
  const steps = conflictingSteps(randomFractions(seed));
  for (const policy of CLASSES) compare(seed, steps, policy, false);
  compare(seed, steps, 'first', true);
}

function compare(seed: number, steps: Step[], policy: string, inline: boolean): void {
  const model = new ReferenceModel(policy, inline);
  const leaves: string[] = [];
  const feed = play(seed, steps, policy, inline);
  for (const step of steps) {
    if (step.kind === 'segment') leaves.push(model.segment(step.position, step.data));
    else if (step.kind === 'acknowledge') model.acknowledge(step.position);
  }
  model.finish();
  const what = `seed ${seed}, ${inline ? 'inline' : policy}: ${JSON.stringify(steps)}`;
  same(feed.received.text, model.output, what);
  if (inline) same(feed.sent.join(' '), leaves.join(' '), `packets, ${what}`);
}

/** Without conflicting data, every policy gives the bytes that were sent. */
export function givesWhatWasSent(seed: number): void {
  const random = randomFractions(seed);
  const text = randomText(random, 1 + Math.floor(random() * 400));
  const steps = faithfulSteps(random, text);
  for (const policy of [...CLASSES, 'linux-6', 'inline']) {
    const inline = policy === 'inline';
    const feed = play(seed, steps, inline ? 'first' : policy, inline);
    same(feed.received.text, text, `seed ${seed}, ${policy}: ${JSON.stringify(steps)}`);
  }
}

/**
 * Inline, whatever conflicting data is sent, no receiver ever has the whole of a pattern for which packets are dropped.
 * The pattern is taken from the data that would have been received.
 */
export function keepsPatternOut(seed: number): void {
  const random = randomFractions(seed);
  const steps = conflictingSteps(random).filter(step => step.kind !== 'acknowledge');
  const whole = play(seed, steps, 'first', true).received.text;
  const from = Math.floor(random() * whole.length);
  const pattern = whole.slice(from, from + 2 + Math.floor(random() * 4));
  const feed = feedOf('first', true);
  feed.pattern = pattern;
  play(seed, steps, 'first', true);
  feed.pattern = '';
  for (const policy of CLASSES) {
    const receiver = new ReferenceModel(policy);
    for (const { position, data } of feed.passed) {
      receiver.segment(position, data);
    }
    receiver.finish();
    const what = `seed ${seed}, ${policy} has ${pattern}: ${JSON.stringify(steps)}`;
    same(String(receiver.output.split('.')[0]!.includes(pattern)), 'false', what);
  }
}

function play(seed: number, steps: Step[], policy: string, inline: boolean): Feed {
  const feed = feedOf(policy, inline);
  feed.begin(ISNS[seed % ISNS.length]!);
  for (const step of steps) {
    if (step.kind === 'segment') feed.segment(step.position + 1, step.data);
    else if (step.kind === 'acknowledge') feed.acknowledge(step.position + 1);
    else feed.endBatch();
  }
  feed.finish();
  feed.endBatch();
  feed.end();
  if (feed.reassembler.bytesHeld !== 0)
    throw new Error(`seed ${seed}: ${feed.reassembler.bytesHeld} bytes held`);
  return feed;
}

function feedOf(policy: string, inline: boolean): Feed {
  const key = `${policy} ${inline}`;
  const feed = feeds.get(key) ?? new Feed({ policy: POLICY_CLASSES[policy]!, inline, flows: 4 });
  feeds.set(key, feed);
  return feed;
}

function same(got: string, wanted: string, what: string): void {
  if (got !== wanted) throw new Error(`${what}\ngot    ${got}\nwanted ${wanted}`);
}
