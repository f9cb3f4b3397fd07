/**
 * The sample with all transformations, and with planted differences; `npm run metamorphic` does the same for any
 * captures.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertRules } from '../conformance/together.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { captureOf } from '../fuzz/capture-packets.js';
import { randomNumbers } from '../pseudo-random.js';
import { differences } from './comparison.js';
import { type Scenario, withCaptures } from './scenario.js';
import { ScenarioRunner } from './scenario-runner.js';
import { TRANSFORMATIONS } from './transformations.js';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const sample = captureOf(readFileSync(pathOf('../sample/sample.pcap')))!;
const scenario: Scenario = {
  captures: { first: sample, second: { ...sample, packets: sample.packets.slice(20) } },
  rules: [
    ...alertRules([readFileSync(pathOf('../../signatures/sample.rules'), 'latin1')]),
    'alert tcp any any -> any any (app-layer-protocol:http; sid:1000;)',
    'alert http any any -> any any (http.method; content:"G"; nocase; startswith; http.uri; content:"/"; sid:1001;)',
  ],
};

let engine: WarmEngine;
let runner: ScenarioRunner;
beforeAll(() => {
  engine = new WarmEngine();
  runner = new ScenarioRunner(engine);
});
afterAll(() => engine.close());

it.each(Object.keys(TRANSFORMATIONS))('%s: the sample gives the same records', async name => {
  const pair = await TRANSFORMATIONS[name]!(scenario, randomNumbers(1));
  expect(await differences(runner, pair!)).toEqual([]);
});

it.each(['merged', 'tunnels', 'times', 'reloaded'])(
  '%s: a packet missing after the transformation is found',
  async name => {
    const pair = (await TRANSFORMATIONS[name]!(scenario, randomNumbers(1)))!;
    const withoutPacket: Scenario = withCaptures(pair.transformed, capture => ({
      ...capture,
      packets: capture.packets.filter((_, i) => i !== 40),
    }));
    expect(await differences(runner, { ...pair, transformed: withoutPacket })).not.toEqual([]);
  },
);

it('a rule with another meaning is found', async () => {
  const pair = (await TRANSFORMATIONS['rule-notation']!(scenario, randomNumbers(1)))!;
  const files = pair.transformed.files!.map(text =>
    text.replace('app-layer-protocol:http', 'app-layer-protocol:dns'),
  );
  const lines = await differences(runner, { ...pair, transformed: { ...pair.transformed, files } });
  expect(lines.join('\n')).toContain('missing 14 alert');
});
