import type { Position } from './signature.js';

/** A rule that is refused: what is wrong, where, and what was expected. */
export class RuleError extends Error {
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
