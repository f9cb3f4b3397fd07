/** Published and measured overlap cases, straight on the reassembler. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIRST, POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import { Feed } from './feed.js';

const FILE = new URL('../../../shared/vectors/tcp-overlap.json', import.meta.url);
const ISNS = [0, 1, 2 ** 31 - 10, 2 ** 32 - 11];

interface Case {
  id: string;
  from: number;
  segments: ({ n: number; seq: number; data: string } | { deliver: number })[];
  policies: Record<string, string>;
  disputed?: Record<string, Record<string, string>>;
  os?: Record<string, string>;
  rewritten_packets?: string[];
}

const cases: Case[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : [];

/** What each policy must give: agreed values, the pairwise rule where engines differ from it, and Linux. */
function expectations({ policies, disputed, os }: Case): [name: string, bytes: string][] {
  const wanted = Object.entries(policies);
  for (const [name, values] of Object.entries(disputed ?? {})) {
    if (values['pairwise-rule'] !== undefined) wanted.push([name, values['pairwise-rule']]);
  }
  if (os?.['linux-6.18'] !== undefined) wanted.push(['linux-6', os['linux-6.18']]);
  return wanted;
}

const feeds = new Map<string, Feed>();

/** A feed of this policy; its memory is made once. */
function feedOf(name: string): Feed {
  const inline = name === 'inline';
  const feed =
    feeds.get(name) ?? new Feed({ policy: inline ? FIRST : POLICY_CLASSES[name]!, inline, flows: 4 });
  feeds.set(name, feed);
  return feed;
}

function run(test: Case, name: string, isn: number, batched: boolean): Feed {
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

describe.skipIf(cases.length === 0)('overlap cases', () => {
  for (const test of cases) {
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
