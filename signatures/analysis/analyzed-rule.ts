import type { Traits } from '../compile/traits.js';
import type { ContentMatch, Signature } from '../signature.js';
import type { ChosenPattern } from './fast-pattern-choice.js';

/** A signature with what the compiler finds out about it. */
export interface AnalyzedRule {
  readonly signature: Signature;
  readonly traits: Traits;
  readonly fastPattern: ChosenPattern | undefined;
  /** The content that the fast pattern is taken from. */
  readonly fastContent: ContentMatch | undefined;
  /** What was changed to the same effect. */
  readonly notes: readonly string[];
}
