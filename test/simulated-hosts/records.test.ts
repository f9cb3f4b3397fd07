/**
 * Conversations over bad links give the same records as over good ones, with every other seed also in VLANs, tunnels
 * and fragments.
 */
import { describe, expect, it } from 'vitest';
import { replay } from '../streams/replay.js';
import { AROUND } from './encapsulation.js';
import { HOSTS, meetings } from './many-conversations.js';
import { differences, RULES, TYPES } from './records-by-conversation.js';
import { seedsOf } from './seeds.js';

const seeds = seedsOf(1);

describe.each([
  ['IDS mode', []],
  ['inline', ['--simulate-ips']],
])('%s', (_, words) => {
  it.each(seeds)(
    'records over bad links are those over good links: seed %i',
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
