/** Property tests over the first 300 seeds; `seeds.ts` runs more. */
import { it } from 'vitest';
import { agreesWithModel, givesWhatWasSent, keepsPatternOut } from './properties.js';

const SEEDS = Array.from({ length: 300 }, (_, i) => i);

it('conflicting data is reassembled as in the reference model, for every policy', () => {
  SEEDS.forEach(agreesWithModel);
});

it('data without conflicts is reassembled to what was sent, for every policy', () => {
  SEEDS.forEach(givesWhatWasSent);
});

it('inline, no receiver gets the whole of a pattern that is dropped', () => {
  SEEDS.forEach(keepsPatternOut);
});
