/** Property tests over the first 300 seeds; `seeds.ts` runs more. */
import { it } from 'vitest';
import { agreesWithModel, givesWhatWasSent, keepsPatternOut } from './properties.js';

const SEEDS = Array.from({ length: 300 }, (_, i) => i);

it('agrees with the reference model for every policy when data conflicts', () => {
  SEEDS.forEach(agreesWithModel);
});

it('gives the bytes that were sent for every policy when data does not conflict', () => {
  SEEDS.forEach(givesWhatWasSent);
});

it('lets no receiver have the whole of a pattern that is dropped inline', () => {
  SEEDS.forEach(keepsPatternOut);
});
