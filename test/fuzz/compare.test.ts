/** The sample with random changes in all configurations; `npm run fuzz-compare` takes any captures and rules. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { WarmEngine } from '../conformance/warm-engine.js';
import { ethernet, ipv4, packet, tcp } from '../packets/builder.js';
import { randomNumbers } from '../pseudo-random.js';
import { CONFIGURATION_GROUPS, disagreements } from './disagreements.js';
import { fragments } from './ip-fragments.js';
import { mutatedCaptureFolder } from './mutated-capture-folder.js';
import { layersOf } from './packet-layers.js';
import { dataSegmentLayers, mergedSegment, splitSegment } from './tcp-segments.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

it('mutated captures give the same records in every configuration', async () => {
  const folder = mutatedCaptureFolder(at('../sample'), 1, 4);
  // Of each kind two configurations: the reference, and the one that differs most from it.
  const ways = [
    CONFIGURATION_GROUPS[1]!.slice(0, 2),
    [CONFIGURATION_GROUPS[2]![0]!, CONFIGURATION_GROUPS[2]!.at(-1)!],
  ];
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
  const parts = splitSegment(whole, dataSegmentLayers(1, whole)!, 5, randomNumbers(1));
  expect(parts.length).toBeGreaterThan(4);
  const again = parts.reduce((a, b) => mergedSegment(1, a, b)!);
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
