/** Chooses between Hyperscan and the pure TypeScript implementation. */
import type { Matcher, MatcherKind } from '../matcher.js';
import type { Memory } from '../memory.js';
import { native, nativeProblem } from '../native.js';
import { HyperscanMatcher } from './hyperscan.js';
import { QgramMatcher } from './qgram.js';

/**
 * Opens a matcher for the calling thread.
 * @param kind `auto`: Hyperscan if the addon is built and the CPU supports it
 * @throws Error if `hyperscan` is requested but not available
 */
export function openMatcher(memory: Memory, kind: MatcherKind | 'auto'): Matcher {
  if (kind === 'qgram') return new QgramMatcher(memory);
  const addon = native();
  if (addon?.versions['hyperscan']) return new HyperscanMatcher(memory, addon);
  if (kind === 'auto') return new QgramMatcher(memory);
  throw new Error(`Hyperscan is not available: ${nativeProblem() ?? 'this processor lacks SSSE3'}`);
}
