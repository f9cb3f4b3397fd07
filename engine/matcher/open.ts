/** Chooses between Hyperscan and the pure TypeScript implementation. */
import type { Matcher, MatcherKind } from '../matcher.js';
import type { Memory } from '../memory.js';
import { native, nativeProblem } from '../native.js';
import { HyperscanMatcher } from './hyperscan.js';
import { QgramMatcher } from './qgram.js';

/**
 * Opens a matcher for the calling thread.
 * @param kind `auto`: Hyperscan where the addon is built and the processor can run it
 * @throws Error when `hyperscan` is asked for and not there
 */
export function openMatcher(memory: Memory, kind: MatcherKind | 'auto'): Matcher {
  if (kind === 'qgram') return new QgramMatcher(memory);
  const addon = native();
  if (addon?.versions['hyperscan']) return new HyperscanMatcher(memory, addon);
  if (kind === 'auto') return new QgramMatcher(memory);
  throw new Error(`Hyperscan is not available: ${nativeProblem() ?? 'this processor lacks SSSE3'}`);
}
