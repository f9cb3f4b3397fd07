import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { disagreements } from './agreement.js';
import { capturesBelow } from './captures.js';

const folder = fileURLToPath(new URL('../../../shared/verify/tests', import.meta.url));
const sample = fileURLToPath(new URL('../sample/sample.pcap', import.meta.url));

it('T1, T11: every profile tells the same of the sample', async () => {
  expect(await disagreements(sample)).toEqual([]);
}, 60_000);

/** Spread over the folder, so that they are of many kinds. */
function spread(captures: readonly string[], count: number): string[] {
  const step = Math.max(1, Math.floor(captures.length / count));
  return captures.filter((_, i) => i % step === 0).slice(0, count);
}

it.skipIf(!existsSync(folder))(
  'T1, T11: every profile tells the same of 50 captures of all kinds (skipped without them)',
  async () => {
    for (const capture of spread(capturesBelow(folder), 50))
      expect(await disagreements(capture), capture).toEqual([]);
  },
  900_000,
);
