import type { Position } from './signature.js';

/** A refused rule: what is wrong, where, and what was expected. */
export class RuleError extends Error {
  /** The keyword in question; set by the parser. */
  keyword?: string;

  constructor(
    message: string,
    readonly position: Position,
    /** Suggested replacement, if known. */
    readonly suggestion?: string,
  ) {
    super(message);
    this.name = 'RuleError';
  }
}

/** A valid rule that needs something not supported yet; `message` is the reason under which it is counted. */
export class UnsupportedRule extends RuleError {}

/** A rule whose `requires` is not met: skipped without an error. */
export class SkippedRule extends RuleError {}
