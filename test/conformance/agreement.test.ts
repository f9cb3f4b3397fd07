import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { disagreements, PROFILES } from './agreement.js';
import { capturesBelow, spread } from './captures.js';

const folder = fileURLToPath(new URL('../../../shared/verify/tests', import.meta.url));
const sample = fileURLToPath(new URL('../sample/sample.pcap', import.meta.url));

it('T1, T11: every profile tells the same of the sample', async () => {
  expect(await disagreements(sample)).toEqual([]);
}, 60_000);

it.skipIf(!existsSync(folder))(
  'T1, T11: every profile tells the same of 50 captures of all kinds (skipped without them)',
  async () => {
    for (const capture of spread(capturesBelow(folder), 50))
      expect(await disagreements(capture, PROFILES), capture).toEqual([]);
  },
  900_000,
);
