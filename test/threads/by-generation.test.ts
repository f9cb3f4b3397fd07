/** Events are reported with the rules that raised them, on whichever side of a reload they arrive. */
import { expect, it, vi } from 'vitest';
import { ByGeneration, GENERATION } from '../../engine/by-generation.js';

const rules = (load: number, name: string) => ({ [GENERATION]: load, rules: name });

it('earlier rules are kept for events in transit, for a limited time', () => {
  const kept = new ByGeneration(shared => String(shared['rules']), { rules: 'first' });
  expect(kept.get(0)).toBe('first');
  kept.reload(rules(1, 'second'));
  expect([kept.get(0), kept.get(1), kept.get(0)]).toEqual(['first', 'second', 'first']);
  kept.reload(rules(2, 'third'));
  expect([kept.get(1), kept.get(2)]).toEqual(['second', 'third']);
  const later = performance.now() + 60_000;
  vi.spyOn(performance, 'now').mockReturnValue(later);
  expect([kept.get(2), kept.get(1)]).toEqual(['third', 'third']);
  vi.restoreAllMocks();
});
