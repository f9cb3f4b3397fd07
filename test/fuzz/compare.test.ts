/** The sample with random changes in all configurations; `npm run fuzz-compare` takes any captures and rules. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { WarmEngine } from '../conformance/warm-engine.js';
import { ethernet, ipv4, packet, tcp } from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';
import { changedCaptures } from './changed-captures.js';
import { disagreements, WAYS } from './disagreements.js';
import { fragments } from './ip-fragments.js';
import { layersOf } from './packet-layers.js';
import { carrier, merged, split } from './tcp-segments.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

it('mutated captures give the same records in every configuration', async () => {
  const folder = changedCaptures(at('../sample'), 1, 4);
  // Of each kind two configurations: the reference, and the one that differs most from it.
  const ways = [WAYS[1]!.slice(0, 2), [WAYS[2]![0]!, WAYS[2]!.at(-1)!]];
  const engine = new WarmEngine();
  try {
    expect(await disagreements(engine, folder, at('../../signatures/sample.rules'), ways)).toEqual({});
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
}, 60_000);

const whole = { data: packet(ethernet(), ipv4(), tcp({ seq: 100 }), 'abcdefghijklmnopqrstuvwxyz'), time: 1 };

it('segments that are split and merged again are unchanged', () => {
  const parts = split(whole, carrier(1, whole)!, 5, randomNumbers(1));
  expect(parts.length).toBeGreaterThan(4);
  const again = parts.reduce((a, b) => merged(1, a, b)!);
  expect(Buffer.from(again.data)).toEqual(Buffer.from(whole.data));
});

it("fragments together carry the packet's payload", () => {
  const parts = fragments(1, whole, 1, randomNumbers(1));
  const { transport, end } = layersOf(1, whole.data)!;
  expect(parts).toHaveLength(Math.ceil((end - transport) / 8));
  expect(Buffer.concat(parts.map(part => part.data.subarray(transport)))).toEqual(
    Buffer.from(whole.data.subarray(transport, end)),
  );
});
