import type { Traits } from '../compile/traits.js';
import type { ContentMatch, Signature } from '../signature.js';
import type { ChosenPattern } from './fast-pattern-choice.js';

/** A signature with the results of compiling it. */
export interface AnalyzedRule {
  readonly signature: Signature;
  readonly traits: Traits;
  readonly fastPattern: ChosenPattern | undefined;
  /** The content from which the fast pattern is taken. */
  readonly fastContent: ContentMatch | undefined;
  /** Changes that do not affect the meaning. */
  readonly notes: readonly string[];
}
