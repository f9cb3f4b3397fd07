/**
 * Conversations over bad links, in VLANs, tunnels and fragments, give the same records with any profile and any batch
 * size.
 */
import { describe, expect, it } from 'vitest';
import { replay } from '../streams/replay.js';
import { AROUND } from './encapsulation.js';
import { HOSTS, meetings } from './many-conversations.js';
import { differences, RULES, recordsByConversation, TYPES } from './records-by-conversation.js';

const WAYS: readonly (readonly [profile: string, batch: number, ...words: string[]])[] = [
  ['workers', 2, '--set', 'threading.threads=3'],
  ['autofp', 1024, '--set', 'threading.threads=3'],
  ['pipeline', 1],
  ['oisf2009', 64],
];
/** `ALL=1` runs each profile in both modes. */
const ALL = process.env['ALL'] !== undefined;
const { packets, comparisons } = meetings(Number(process.env['FIRST'] ?? 2), Object.values(AROUND));

const read = (profile: string, batch: number, words: readonly string[]) =>
  replay({
    packets,
    rules: RULES,
    types: TYPES,
    config: HOSTS,
    profile,
    words: ['-k', 'all', '--set', `threading.batch-size=${batch}`, ...words],
  });

describe.each([
  ['IDS mode', 0, []],
  ['inline', 1, ['--simulate-ips']],
])('%s', (_, odd, mode) => {
  const ways = WAYS.filter((_, i) => ALL || i % 2 === odd);

  it('all profiles give the records of one thread', async () => {
    const expected = recordsByConversation(await read('single', 256, mode));
    for (const [profile, batch, ...words] of ways) {
      const records = await read(profile, batch, [...mode, ...words]);
      expect({ profile, found: differences(records, comparisons) }).toEqual({ profile, found: {} });
      expect(recordsByConversation(records), profile).toEqual(expected);
    }
  }, 120_000);
});
