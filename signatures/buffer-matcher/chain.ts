/**
 * Chains of conditions: the first looks at the buffer as a whole, the others at what follows the match before them.
 * When one of them fails, those before are tried at their next place.
 */
import type { Test } from '../inspection.js';
import type { ContentMatch, Match } from '../signature.js';

/** One condition of a chain made executable: holds when it does and `next` holds behind it. */
export type Step = (next: Test) => Test;

/** How many steps the conditions of one buffer may still take; shared by all of them. */
export interface Budget {
  left: number;
  /** Goes up with each buffer that is looked at. */
  round: number;
}

/** How a condition stands in its chain. */
export interface Link {
  /** A condition behind it refers to where it was found. */
  readonly again: boolean;
  /** Nothing before it differs from try to try but the place. */
  readonly steady: boolean;
}

const SETTING = new Set(['byte_extract', 'byte_math']);

export function linkOf(chain: readonly Match[], place: number): Link {
  return {
    again: chain.slice(place + 1).some(isRelative),
    steady: !chain.slice(0, place).some(({ kind }) => SETTING.has(kind)),
  };
}

/** Whether it refers to the match before it. */
export function isRelative(match: Match): boolean {
  if (match.kind === 'content') {
    const { distance, within } = match as ContentMatch;
    return distance !== undefined || within !== undefined;
  }
  return match.relative === true;
}

const MOVING = new Set(['content', 'pcre', 'byte_jump', 'byte_extract', 'byte_math', 'base64_decode']);

/** Whether it sets the place that relative ones refer to. */
function moves(match: Match): boolean {
  return MOVING.has(match.kind) && match.negated !== true;
}

/** Splits conditions where nothing refers back any more. */
export function chainsOf(conditions: readonly Match[]): Match[][] {
  const chains: Match[][] = [];
  for (const match of conditions) {
    if (chains.length === 0 || (moves(match) && !isRelative(match))) chains.push([]);
    chains.at(-1)!.push(match);
  }
  return chains;
}

/** Always holds: the end of a chain. */
export const holds: Test = () => true;
