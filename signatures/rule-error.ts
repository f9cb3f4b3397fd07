import type { Position } from './signature.js';

/** A rule that is refused: what is wrong, where, and what was expected. */
export class RuleError extends Error {
  /** The keyword it is about; set by the parser. */
  keyword?: string;

  constructor(
    message: string,
    readonly position: Position,
    /** What to write instead, when it can be told. */
    readonly suggestion?: string,
  ) {
    super(message);
    this.name = 'RuleError';
  }
}

/** A correct rule that needs something which does not exist yet; `message` is the reason it is counted by. */
export class UnsupportedRule extends RuleError {}

/** A rule whose `requires` is not met: left out without complaint. */
export class SkippedRule extends RuleError {}
