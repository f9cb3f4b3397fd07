/** A direction's counts of waiting data, for its limits, agree with the waiting chunks, however they overlap. */
import { expect, it } from 'vitest';
import * as Chunk from '../../modules/stream/reassembly/chunk.js';
import * as Direction from '../../modules/stream/reassembly/direction.js';
import { FIRST, LINUX_6, POLICY_CLASSES } from '../../modules/stream/reassembly/policy.js';
import type { Store } from '../../modules/stream/reassembly/store.js';
import { randomFractions } from '../pseudo-random.js';
import { Feed } from './feed.js';
import { conflictingSteps, type Step } from './random-stream.js';

const SEEDS = 100;
const ROW = Direction.rowOf(0, true);

interface Counts {
  chunks: number;
  bytes: number;
  holes: number;
}

function counted({ rows }: Store): Counts {
  return {
    chunks: rows[ROW + Direction.WAITING_CHUNKS]!,
    bytes: rows[ROW + Direction.WAITING_BYTES]!,
    holes: rows[ROW + Direction.HOLES]!,
  };
}

/** The same counts, by adding up the chunks. */
function waiting({ rows, chunks: { nodes } }: Store): Counts {
  const counts = { chunks: 0, bytes: 0, holes: 0 };
  let covered = rows[ROW + Direction.IN_ORDER]!;
  for (let node = rows[ROW + Direction.HEAD]!; node !== 0; node = nodes[node * Chunk.INTS + Chunk.NEXT]!) {
    const n = node * Chunk.INTS;
    const [start, end] = [nodes[n + Chunk.START]!, nodes[n + Chunk.END]!];
    if (start > covered) counts.holes++;
    covered = Math.max(covered, end);
    if (nodes[n + Chunk.BLOCK]! < 0) continue;
    counts.chunks++;
    counts.bytes += end - start;
  }
  return counts;
}

function take(feed: Feed, step: Step): void {
  if (step.kind === 'segment') feed.segment(step.position + 1, step.data);
  else if (step.kind === 'acknowledge') feed.acknowledge(step.position + 1);
  else feed.endBatch();
}

const CASES = [
  ...Object.entries(POLICY_CLASSES).map(([name, policy]) => ({ name, policy, inline: false })),
  { name: 'inline', policy: FIRST, inline: true },
];

it.each(CASES)('counts of $name agree with the chunks', ({ policy, inline }) => {
  const feed = new Feed({ policy, inline, flows: 1 });
  const { store } = feed.reassembler as unknown as { store: Store };
  for (let seed = 0; seed < SEEDS; seed++) {
    feed.begin(0);
    const steps = conflictingSteps(randomFractions(seed));
    steps.forEach((step, i) => {
      take(feed, step);
      const { holes, ...kept } = counted(store);
      // The number of holes is not limited in Linux's queue.
      const wanted = { ...waiting(store), ...(policy === LINUX_6 ? { holes } : {}) };
      expect({ ...kept, holes }, `seed ${seed}, step ${i}: ${JSON.stringify(steps)}`).toEqual(wanted);
    });
    feed.finish();
    feed.endBatch();
    expect(counted(store)).toEqual({ chunks: 0, bytes: 0, holes: 0 });
    feed.end();
  }
});
