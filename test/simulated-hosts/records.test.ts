/**
 * What is told of conversations over bad links is what is told of them over good ones, with every other seed also in VLANs,
 * tunnels and fragments.
 */
import { describe, expect, it } from 'vitest';
import { replay } from '../streams/replay.js';
import { AROUND } from './around.js';
import { HOSTS, meetings } from './meetings.js';
import { differences, RULES, TYPES } from './told.js';

/** `SEEDS=20 FIRST=5 npx vitest run test/simulated-hosts/records.test.ts` tries others. */
const SEEDS = Number(process.env['SEEDS'] ?? 1);
const FIRST = Number(process.env['FIRST'] ?? 1);
const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);

describe.each([
  ['after the fact', []],
  ['inline', ['--simulate-ips']],
])('%s', (_, words) => {
  it.each(seeds)(
    'tells the same: seed %i',
    async seed => {
      const { packets, comparisons } = meetings(seed, seed % 2 === 0 ? Object.values(AROUND) : []);
      const more = { rules: RULES, types: TYPES, config: HOSTS, words: ['-k', 'all', ...words] };
      const records = await replay({ packets, ...more });
      expect(records.length).toBeGreaterThan(comparisons.length * 5);
      expect(differences(records, comparisons)).toEqual({});
    },
    60_000,
  );
});
