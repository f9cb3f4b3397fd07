/**
 * Chains of conditions: the first inspects the whole buffer, each further one the data after the previous match. When
 * one of them fails, the previous ones are tried at their next match (backtracking).
 */
import type { Test } from '../inspection.js';
import type { ContentMatch, Match } from '../signature.js';

/** A compiled condition of a chain: holds if it matches and `next` holds after it. */
export type Step = (next: Test) => Test;

/** Steps left for the conditions on one buffer, which share them. */
export interface Budget {
  left: number;
  /** Incremented for each inspected buffer. */
  round: number;
}

/** A condition's role in its chain. */
export interface ChainRole {
  /** A later condition refers to its match position. */
  readonly again: boolean;
  /** Between tries, nothing before it changes except the position. */
  readonly steady: boolean;
}

const SETS_VARIABLE = new Set(['byte_extract', 'byte_math']);

export function roleOf(chain: readonly Match[], place: number): ChainRole {
  const behind = chain.slice(place + 1);
  const away = behind.findIndex(isAnchor);
  return {
    again: (away < 0 ? behind : behind.slice(0, away)).some(isRelative),
    steady: !chain.slice(0, place).some(({ kind }) => SETS_VARIABLE.has(kind)),
  };
}

/** Whether it refers to the preceding match. */
export function isRelative(match: Match): boolean {
  if (match.kind === 'content') {
    const { distance, within } = match as ContentMatch;
    return distance !== undefined || within !== undefined;
  }
  return match.relative === true;
}

const SETS_POSITION = new Set(['content', 'pcre', 'byte_jump', 'byte_extract', 'byte_math', 'base64_decode']);

/** Whether it sets the position to which relative conditions refer. */
function setsPosition(match: Match): boolean {
  return SETS_POSITION.has(match.kind) && match.negated !== true;
}

/** Whether it sets the position for later conditions regardless of the preceding matches. */
function isAnchor(match: Match): boolean {
  return setsPosition(match) && !isRelative(match);
}

/** Splits conditions where nothing later refers back, neither to a position nor to a number read before. */
export function chainsOf(conditions: readonly Match[]): Match[][] {
  const chains: Match[][] = [];
  conditions.forEach((match, i) => {
    const chain = chains.at(-1);
    if (!chain || (isAnchor(match) && !usesVariablesOf(chain, conditions.slice(i)))) chains.push([]);
    chains.at(-1)!.push(match);
  });
  return chains;
}

function usesVariablesOf(chain: readonly Match[], behind: readonly Match[]): boolean {
  const names = chain.filter(({ kind }) => SETS_VARIABLE.has(kind)).map(match => match['name']);
  return (
    names.length > 0 &&
    behind.some(match => VARIABLE_FIELDS.some(field => names.includes(variableIn(match, field))))
  );
}

/** Fields that may contain a variable name. */
const VARIABLE_FIELDS = ['offset', 'depth', 'distance', 'within', 'bytes', 'value', 'position'] as const;

function variableIn(match: Match, field: (typeof VARIABLE_FIELDS)[number]): unknown {
  return field === 'bytes' && match.kind === 'content' ? undefined : match[field];
}

/** Always holds: end of a chain. */
export const holds: Test = () => true;
