import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { disagreements, PROFILES } from './agreement.js';
import { capturesBelow, spread } from './captures.js';

const folder = fileURLToPath(new URL('../../../shared/verify/tests', import.meta.url));
const sample = fileURLToPath(new URL('../sample/sample.pcap', import.meta.url));

/** Captures read by one engine: starting its threads takes longer than reading. */
const CAPTURES_PER_RUN = 5;

function* batchesOf<T>(list: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}

it('T1, T11: every profile gives the same records for the sample', async () => {
  expect(await disagreements([sample])).toEqual([]);
}, 60_000);

it.skipIf(!existsSync(folder))(
  'T1, T11: every profile gives the same records for 50 captures of all kinds (skipped without them)',
  async () => {
    for (const batch of batchesOf(spread(capturesBelow(folder), 50), CAPTURES_PER_RUN))
      expect(await disagreements(batch, PROFILES), batch.join(' ')).toEqual([]);
  },
  900_000,
);
