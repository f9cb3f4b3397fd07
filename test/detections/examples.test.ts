/** The example detections: what they find does not depend on segments, threads, or mode. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCapture } from '../../engine/cli/detection-test/captures.js';
import { BUILT_IN_NAMES } from '../../engine/profile/built-in.js';
import { runSluice } from '../cli/program.js';
import { allTraffic, EXAMPLE_TRAFFIC, exampleCapture } from './example-traffic.js';
import { type Cut, randomCut, SINGLE_BYTES, WHOLE } from './traffic.js';

const EXAMPLES = fileURLToPath(new URL('../../signatures/examples/', import.meta.url));
const detections = Object.keys(EXAMPLE_TRAFFIC).map(name => join(EXAMPLES, `${name}.ts`));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('example detections', () => {
  it('each example has a test, and a capture equal to the generated one', () => {
    const files = readdirSync(EXAMPLES);
    for (const name of Object.keys(EXAMPLE_TRAFFIC)) {
      expect(files).toContain(`${name}.expected`);
      expect(Buffer.compare(readFileSync(join(EXAMPLES, `${name}.pcap`)), exampleCapture(name))).toBe(0);
    }
    expect(files.filter(file => file.endsWith('.ts')).map(file => file.slice(0, -3))).toEqual(
      Object.keys(EXAMPLE_TRAFFIC).sort(),
    );
  });

  it('all examples pass the tests of their tables and captures', async () => {
    const { code, stdout } = await runSluice(['test', EXAMPLES]);
    expect(stdout).toMatch(/all as expected/);
    expect(code).toBe(0);
  });

  it('a detection that fails over a capture is a failed test', async () => {
    writeFileSync(join(folder, 'some.pcap'), allTraffic(WHOLE));
    const code =
      "export default { api: 1, name: 'bad', sid: 1, msg: 'm', onPacket() { throw new Error('no'); } };";
    writeFileSync(join(folder, 'bad.ts'), code);
    const ended = await runSluice(['test', 'bad.ts', 'some.pcap'], { cwd: folder });
    expect(ended.stdout).toMatch(/✗ detection bad failed.*Error: no, at \S+bad\.ts:1:\d+.*\n.*1 failed/s);
    expect(ended.code).toBe(1);
  });
});

/** Detection, message and flow, without the side that sent the data. */
async function findings(cut: Cut, profile: string, inline: boolean): Promise<string[]> {
  const capture = join(folder, 'all.pcap');
  writeFileSync(capture, allTraffic(cut));
  const { found } = await runCapture(capture, detections, { profile, inline, words: ['-k', 'none'] });
  return found.map(({ detection, message }) => `${detection} ${message}`).sort();
}

const expected = Object.keys(EXAMPLE_TRAFFIC)
  .flatMap(name => readFileSync(join(EXAMPLES, `${name}.expected`), 'utf8').split('\n'))
  .filter(Boolean)
  .sort();

describe('S16: example detections find the same', () => {
  it.each<[string, Cut]>([
    ['whole', WHOLE],
    ['single bytes', SINGLE_BYTES],
    ['random, seed 1', randomCut(1)],
    ['random, seed 2', randomCut(2)],
  ])('in segments: %s, in IDS and inline mode', async (_, cut) => {
    expect(await findings(cut, 'single', false)).toEqual(expected);
    expect(await findings(cut, 'single', true)).toEqual(expected);
  });

  it.each(BUILT_IN_NAMES.filter(name => name !== 'single'))('in threads: %s', async profile => {
    expect(await findings(randomCut(3), profile, false)).toEqual(expected);
    expect(await findings(randomCut(4), profile, true)).toEqual(expected);
  });
});
