/** Published and measured overlap cases, directly on the reassembler. */
import { describe, expect, it } from 'vitest';
import { FIRST, POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import { Feed } from './feed.js';
import { expectations, ISNS, type OverlapCase, overlapCases } from './overlap-cases.js';

const feeds = new Map<string, Feed>();

/** A feed of this policy; its memory is allocated once. */
function feedOf(name: string): Feed {
  const inline = name === 'inline';
  const feed =
    feeds.get(name) ?? new Feed({ policy: inline ? FIRST : POLICY_CLASSES[name]!, inline, flows: 4 });
  feeds.set(name, feed);
  return feed;
}

function run(test: OverlapCase, name: string, isn: number, batched: boolean): Feed {
  const feed = feedOf(name);
  feed.begin(isn);
  for (const step of test.segments) {
    if ('deliver' in step) feed.acknowledge(step.deliver);
    else feed.segment(step.seq, step.data);
    if (!batched) feed.endBatch();
  }
  feed.finish();
  feed.endBatch();
  return feed;
}

describe.skipIf(overlapCases.length === 0)('overlap cases', () => {
  for (const test of overlapCases) {
    it(test.id, () => {
      for (const [name, bytes] of expectations(test)) {
        for (const isn of ISNS) {
          for (const batched of [true, false]) {
            const feed = run(test, name, isn, batched);
            expect(feed.received.text.slice(test.from - 1), `${name}, ISN ${isn}`).toBe(
              bytes.replace(/\.+$/, ''),
            );
            if (name === 'inline' && test.rewritten_packets)
              expect(feed.sent).toEqual(test.rewritten_packets);
            feed.end();
            expect(feed.reassembler.bytesHeld).toBe(0);
          }
        }
      }
    });
  }
});
