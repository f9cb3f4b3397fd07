/** Rules with mistakes of all kinds: each is loaded, or rejected with its position, in the time of a test. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keywordsByName } from '../../signatures/keywords.js';
import { load } from '../signatures/rules.js';
import { mutatedRules, ODD_ARGUMENTS } from './rule-mutator.js';

const REAL_RULES = '../shared/rules/et-open.rules';
const SEEDS = [1, 2, 3, 4];
const ROUNDS = 1500;

describe.each(SEEDS)('mutated rules, seed %i', seed => {
  test('each is loaded, or rejected with its position', () =>
    expectPlaces([...mutatedRules(seed, ROUNDS)].join('\n')));
});

// Real rules are not part of the project; if they are next to it, they are mutated too.
describe.skipIf(!existsSync(REAL_RULES))('mutated real rules', () => {
  test('each is loaded, or rejected with its position', () => {
    const real = readFileSync(REAL_RULES, 'utf8')
      .split('\n')
      .filter((line, i) => i % 10 === 0 && !line.startsWith('#') && line !== '');
    expectPlaces([...mutatedRules(9, 3000, real)].join('\n'));
  });
});

function expectPlaces(text: string): void {
  const { signatures, errors, warnings, unsupported, skipped } = load(text);
  expect(signatures.length + unsupported.length + skipped.length + errors.length).toBeGreaterThan(0);
  const lines = text.split('\n');
  for (const { position, message } of [...errors, ...warnings]) {
    expect(message).not.toMatch(/^$|^rule cannot be parsed/);
    const line = lines[position.line - 1];
    expect(line, `line ${position.line}: ${message}`).toBeDefined();
    expect(position.column).toBeGreaterThanOrEqual(1);
    expect(position.column, message).toBeLessThanOrEqual(line!.length + 2);
  }
  for (const signature of signatures) expect(() => JSON.stringify(signature)).not.toThrow();
}

describe('odd arguments', () => {
  const names = [...keywordsByName([]).keys()];
  test.each(ODD_ARGUMENTS)('%j is accepted or rejected by every keyword', argument => {
    const rules = names.flatMap((name, i) => [
      `alert tcp any any -> any any (content:"a"; ${name}:${argument}; sid:${2 * i + 1};)`,
      `alert tcp any any -> any any (tcp.hdr; ${name}:${argument}; content:"a"; sid:${2 * i + 2};)`,
    ]);
    expectPlaces(rules.join('\n'));
  });
});

describe('rules that could take long', () => {
  const header = 'alert tcp any any -> any any';
  test.each([
    ['many options', `${header} (${'nocase;'.repeat(9000)}sid:1;)`],
    ['many contents', `${header} (${'content:"a"; distance:0; '.repeat(2000)}sid:1;)`],
    ['a long content', `${header} (content:"${'a'.repeat(60_000)}"; sid:1;)`],
    ['nested lists', `alert tcp ${'['.repeat(30_000)} any -> any any (sid:1;)`],
    [
      'many addresses',
      `alert tcp [${Array.from({ length: 4000 }, (_, i) => `10.${i >> 8}.${i & 255}.0/25`).join(',')}] any -> any any (sid:1;)`,
    ],
    [
      'alternating addresses',
      `alert tcp [0.0.0.0/0,${Array.from({ length: 3000 }, (_, i) => `!10.${i >> 8}.${i & 255}.1`).join(',')}] any -> any any (sid:1;)`,
    ],
    ['many negations', `alert tcp ${'!'.repeat(60_000)}any any -> any any (sid:1;)`],
    ['backslashes', `${header} (msg:"${'\\'.repeat(60_000)}"; sid:1;)`],
    ['a long integer', `${header} (dsize:${'9'.repeat(60_000)}; sid:1;)`],
    ['blanks', `${header} (dsize:${' '.repeat(60_000)}x; sid:1;)`],
    ['a long requires', `${header} (requires:${' version'.repeat(8000)}; sid:1;)`],
    ['a rule too long', `${header} (content:"${'a'.repeat(70_000)}"; sid:1;)`],
    ['joined lines', `${'\\\n'.repeat(30_000)}x`],
  ])('%s', (_, rule) => {
    const { signatures, errors } = load(rule);
    expect(signatures.length + errors.length).toBe(1);
  });
});
