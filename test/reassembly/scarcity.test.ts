/** With little memory for streams and few packets, data may be missing or late, but other data is never delivered. */
import { describe, expect, it } from 'vitest';
import { FIRST, LINUX_6, POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import { randomFractions } from '../pseudo-random.js';
import { Feed, type FeedSettings } from './feed.js';
import { randomText } from './random-stream.js';

const SEEDS = 60;
const TEXT = randomText(randomFractions(1), 4000);
/** Number of packets that others leave for this stream, after taking all others. */
const LEFT = 3;

type Step =
  | { readonly segment: number; readonly length: number }
  | { readonly acknowledge: number }
  | 'end of batch'
  | 'others take packets';

/** A sender that loses and repeats segments, a receiver ahead of it, and others that need packets, too. */
function randomSteps(random: () => number): Step[] {
  const below = (limit: number) => Math.floor(random() * limit);
  let acknowledged = 1;
  return Array.from({ length: 60 }, () => {
    const what = below(14);
    if (what === 0) return 'end of batch';
    if (what === 1) return 'others take packets';
    if (what < 11) return { segment: Math.max(1, acknowledged - 50 + below(400)), length: 1 + below(120) };
    acknowledged += below(150);
    return { acknowledge: acknowledged };
  });
}

/** @returns the delivered data, with dots for missing bytes */
function handedOn(steps: readonly Step[], settings: Partial<FeedSettings>): string {
  const feed = new Feed({ policy: FIRST, flows: 1, slots: 16, ...settings });
  const { pool } = feed.thread;
  const taken: number[] = [];
  const endBatch = () => {
    for (const slot of taken.splice(0)) pool.release(slot);
    feed.endBatch();
  };
  for (const step of steps) {
    if (step === 'end of batch' || pool.available < 2) endBatch();
    if (step === 'others take packets') while (pool.available > LEFT) taken.push(pool.take());
    if (typeof step === 'string') continue;
    if ('acknowledge' in step) feed.acknowledge(step.acknowledge);
    else feed.segment(step.segment, TEXT.substr(step.segment - 1, step.length));
  }
  endBatch();
  feed.finish();
  feed.endBatch();
  const { text } = feed.received;
  feed.end();
  expect(feed.reassembler.bytesHeld).toBe(0);
  return text;
}

/** The original text with the same bytes missing: equal to the delivered data if all bytes are right. */
function wanted(text: string): string {
  return Array.from(text, (letter, i) => (letter === '.' ? '.' : TEXT[i]!)).join('');
}

describe.each(Object.keys(POLICY_CLASSES))('%s', name => {
  it.each([false, true])('delivers what was sent and nothing else (inline: %s)', inline => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = randomFractions(seed);
      const streamBytes = 200 + Math.floor(random() * 2000);
      const policy = POLICY_CLASSES[name]!;
      const text = handedOn(randomSteps(random), { policy, inline, streamBytes });
      expect({ seed, text }).toEqual({ seed, text: wanted(text) });
    }
  });
});

it('a piece that cannot be joined for lack of memory is kept when a segment behind overlaps it', () => {
  const text = handedOn(
    [
      { segment: 272, length: 76 },
      { segment: 35, length: 119 },
      { segment: 1, length: 47 },
      { segment: 170, length: 73 },
      { segment: 430, length: 62 },
      { acknowledge: 304 },
      { segment: 329, length: 101 },
    ],
    { streamBytes: 1024 },
  );
  expect(text).toBe(wanted(text));
});

it('a piece that is covered by another one is skipped', () => {
  const text = handedOn(
    [
      { segment: 182, length: 103 },
      { segment: 305, length: 27 },
      { segment: 285, length: 89 },
      { segment: 116, length: 85 },
      { segment: 313, length: 99 },
    ],
    { policy: LINUX_6, streamBytes: 1024 },
  );
  expect(text).toBe(wanted(text));
  expect(text.length).toBe(411);
});
