/** Comparisons with the oracle, by name: each makes one random case from a seed. */
import { compareHeaders } from './header-agreement.js';
import { compareMatcher } from './matcher-agreement.js';
import { comparePayloads } from './payload-agreement.js';
import { compareTransactions } from './replay-agreement.js';
import { compareState } from './state-agreement.js';
import { compareStreams } from './stream-agreement.js';
import { compareTransforms } from './transform-agreement.js';

/** @returns disagreements between engine and oracle, with the seed, the rule and its input */
export type Agreement = (seed: number) => string | undefined | Promise<string | undefined>;

export const AGREEMENTS: Readonly<Record<string, Agreement>> = {
  conditions: seed => compareMatcher(seed, 'auto'),
  'conditions-regexp': seed => compareMatcher(seed, 'regexp'),
  transforms: compareTransforms,
  headers: compareHeaders,
  payloads: comparePayloads,
  streams: compareStreams,
  transactions: compareTransactions,
  state: compareState,
};
