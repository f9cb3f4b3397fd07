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
  const behind = chain.slice(place + 1);
  const away = behind.findIndex(standsAlone);
  return {
    again: (away < 0 ? behind : behind.slice(0, away)).some(isRelative),
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

/** Whether it is the place that those behind it refer to, wherever those before it are. */
function standsAlone(match: Match): boolean {
  return moves(match) && !isRelative(match);
}

/** Splits conditions where nothing refers back any more, neither to a place nor to a number that was read there. */
export function chainsOf(conditions: readonly Match[]): Match[][] {
  const chains: Match[][] = [];
  conditions.forEach((match, i) => {
    const chain = chains.at(-1);
    if (!chain || (standsAlone(match) && !usesNumbersOf(chain, conditions.slice(i)))) chains.push([]);
    chains.at(-1)!.push(match);
  });
  return chains;
}

function usesNumbersOf(chain: readonly Match[], behind: readonly Match[]): boolean {
  const names = chain.filter(({ kind }) => SETTING.has(kind)).map(match => match['name']);
  return (
    names.length > 0 && behind.some(match => AMOUNTS.some(field => names.includes(amountIn(match, field))))
  );
}

/** Fields that may hold the name of a variable. */
const AMOUNTS = ['offset', 'depth', 'distance', 'within', 'bytes', 'value', 'position'] as const;

function amountIn(match: Match, field: (typeof AMOUNTS)[number]): unknown {
  return field === 'bytes' && match.kind === 'content' ? undefined : match[field];
}

/** Always holds: the end of a chain. */
export const holds: Test = () => true;
