/** The meaning of rules, compared with an exhaustive reference; `npm run rule-oracle` does it for longer. */
import { describe, expect, test } from 'vitest';
import { AGREEMENTS } from './agreements.js';
import { holds } from './oracle.js';

/** Number of random cases of each comparison in every run. */
const CASES: Readonly<Record<string, number>> = {
  conditions: 1500,
  'conditions-regexp': 500,
  transforms: 800,
  headers: 1,
  payloads: 3,
  streams: 1,
  transactions: 1,
  state: 5,
};

describe('engine and oracle agree on random rules', () => {
  test.each(Object.keys(AGREEMENTS))('%s', async name => {
    const found: string[] = [];
    for (let seed = 1; seed <= CASES[name]!; seed++) {
      const disagreement = await AGREEMENTS[name]!(seed);
      if (disagreement !== undefined) found.push(disagreement);
    }
    expect(found).toEqual([]);
  });
});

test('the oracle tries every position', () => {
  const content = (bytes: string, further = {}) => ({ kind: 'content' as const, bytes, ...further });
  expect(holds([content('a'), content('b', { within: 1 })], 'axab')).toBe(true);
  expect(holds([content('a'), content('b', { within: 1 })], 'axa')).toBe(false);
  expect(holds([content('a'), content('b', { within: 1, negated: true })], 'abac')).toBe(true);
  expect(holds([content('a', { fastPattern: 'only' }), content('b')], 'ba')).toBe(true);
});
