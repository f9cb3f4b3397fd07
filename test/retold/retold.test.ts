/**
 * The sample with all transformations, and with planted differences; `npm run retell` does the same for any captures.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertRules } from '../conformance/together.js';
import { WarmEngine } from '../conformance/warm-engine.js';
import { captureOf } from '../fuzz/capture-packets.js';
import { randomNumbers } from '../pseudo-random.js';
import { differences } from './comparison.js';
import { KINDS } from './kinds.js';
import { type Story, withCaptures } from './story.js';
import { Teller } from './telling.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const sample = captureOf(readFileSync(at('../sample/sample.pcap')))!;
const story: Story = {
  captures: { first: sample, second: { ...sample, packets: sample.packets.slice(20) } },
  rules: [
    ...alertRules([readFileSync(at('../../signatures/sample.rules'), 'latin1')]),
    'alert tcp any any -> any any (app-layer-protocol:http; sid:1000;)',
    'alert http any any -> any any (http.method; content:"G"; nocase; startswith; http.uri; content:"/"; sid:1001;)',
  ],
};

let engine: WarmEngine;
let teller: Teller;
beforeAll(() => {
  engine = new WarmEngine();
  teller = new Teller(engine);
});
afterAll(() => engine.close());

it.each(Object.keys(KINDS))('%s: the sample gives the same records', async name => {
  const retold = await KINDS[name]!(story, randomNumbers(1));
  expect(await differences(teller, retold!)).toEqual([]);
});

it.each(['merged', 'tunnels', 'times', 'reloaded'])(
  '%s: a packet missing after the transformation is found',
  async name => {
    const retold = (await KINDS[name]!(story, randomNumbers(1)))!;
    const without: Story = withCaptures(retold.retold, capture => ({
      ...capture,
      packets: capture.packets.filter((_, i) => i !== 40),
    }));
    expect(await differences(teller, { ...retold, retold: without })).not.toEqual([]);
  },
);

it('a rule with another meaning is found', async () => {
  const retold = (await KINDS['written']!(story, randomNumbers(1)))!;
  const files = retold.retold.files!.map(text =>
    text.replace('app-layer-protocol:http', 'app-layer-protocol:dns'),
  );
  const lines = await differences(teller, { ...retold, retold: { ...retold.retold, files } });
  expect(lines.join('\n')).toContain('missing 14 alert');
});
