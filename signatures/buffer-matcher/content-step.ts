/** content as a step of a chain. */

import type { Inspection, Test } from '../inspection.js';
import { numberSource } from '../keywords/byte-reading.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { ContentMatch } from '../signature.js';
import { REPLACEMENTS, type Replacements } from '../state/replacements.js';
import { type Budget, isRelative, type Step } from './chain.js';
import { Needle } from './needle.js';

/** Where a content is searched: `[from, to)`. */
interface Window {
  from: number;
  to: number;
}

type SetWindow = (at: Inspection, window: Window) => boolean;

/** @param again whether a condition behind it refers to where it was found */
export function contentStep(
  match: ContentMatch,
  again: boolean,
  environment: CompileEnvironment,
  budget: Budget,
): Step {
  const needle = new Needle(match.bytes, match.nocase);
  const setWindow = isRelative(match)
    ? relativeWindow(match, environment)
    : absoluteWindow(match, environment);
  const endswith = match.endswith ?? false;
  const found = noteReplacement(match, environment);
  return next => {
    if (match.negated) return absent(needle, setWindow, endswith, next);
    return found
      ? everywhere(needle, setWindow, endswith, budget, found(next))
      : present(needle, setWindow, endswith, again, budget, next);
  };
}

/** Notes where a content lies that will be replaced, once the conditions behind it hold. */
function noteReplacement(match: ContentMatch, { stores }: CompileEnvironment): Step | undefined {
  const replacements = stores.get(REPLACEMENTS) as Replacements | undefined;
  if (!replacements || match.replace === undefined) return undefined;
  const bytes = Buffer.from(match.replace, 'latin1');
  return next => at => {
    const place = at.cursor - bytes.length;
    if (!next(at)) return false;
    replacements.note(at, place, bytes);
    return true;
  };
}

function present(
  needle: Needle,
  setWindow: SetWindow,
  endswith: boolean,
  again: boolean,
  budget: Budget,
  next: Test,
): Test {
  const window: Window = { from: 0, to: 0 };
  return at => {
    if (!setWindow(at, window)) return false;
    let from = endswith ? lastPlace(needle, window, at) : window.from;
    // Kept apart: the test may be entered again from its own `next`.
    const { to } = window;
    for (;;) {
      if (budget.left-- <= 0) return false;
      const found = needle.find(at.bytes, from, to);
      if (found < 0) return false;
      at.cursor = found + needle.length;
      if (next(at)) return true;
      if (!again) return false;
      from = found + 1;
    }
  };
}

/**
 * What is replaced is replaced wherever it fits: a sender decides how often it stands in one packet, and network cards
 * join segments.
 */
function everywhere(
  needle: Needle,
  setWindow: SetWindow,
  endswith: boolean,
  budget: Budget,
  next: Test,
): Test {
  const window: Window = { from: 0, to: 0 };
  return at => {
    if (!setWindow(at, window)) return false;
    let from = endswith ? lastPlace(needle, window, at) : window.from;
    const { to } = window;
    let holds = false;
    while (budget.left-- > 0) {
      const found = needle.find(at.bytes, from, to);
      if (found < 0) break;
      at.cursor = found + needle.length;
      const fits = next(at);
      holds ||= fits;
      from = found + (fits ? needle.length : 1);
    }
    return holds;
  };
}

function absent(needle: Needle, setWindow: SetWindow, endswith: boolean, next: Test): Test {
  const window: Window = { from: 0, to: 0 };
  return at => {
    if (!setWindow(at, window)) return false;
    const from = endswith ? lastPlace(needle, window, at) : window.from;
    return needle.find(at.bytes, from, window.to) < 0 && next(at);
  };
}

/** The only place where a content may begin that ends the buffer; beyond the window when there is none. */
function lastPlace(needle: Needle, window: Window, at: Inspection): number {
  const place = at.end - needle.length;
  return at.atEnd && window.to === at.end && place >= window.from ? place : window.to;
}

type Value = (at: Inspection) => number;

function optionalValue(
  value: number | string | undefined,
  environment: CompileEnvironment,
): Value | undefined {
  return value === undefined ? undefined : numberSource(value, environment);
}

/** offset and depth count from the beginning of the buffer, also where that is no longer at hand. */
function absoluteWindow(match: ContentMatch, environment: CompileEnvironment): SetWindow {
  const { offset, depth } = match;
  if (offset === undefined && depth === undefined) {
    return (at, window) => {
      window.from = at.start;
      window.to = at.end;
      return true;
    };
  }
  const first = optionalValue(offset ?? 0, environment)!;
  const length = optionalValue(depth, environment);
  return (at, window) => {
    if (length && !at.atBeginning) return false;
    const from = at.start + (at.atBeginning ? first(at) : 0);
    window.from = Math.min(from, at.end);
    window.to = length ? Math.min(at.end, from + length(at)) : at.end;
    return true;
  };
}

/** distance and within count from the end of the match before. */
function relativeWindow(match: ContentMatch, environment: CompileEnvironment): SetWindow {
  const distance = optionalValue(match.distance ?? 0, environment)!;
  const within = optionalValue(match.within, environment);
  return (at, window) => {
    const from = at.cursor + distance(at);
    window.from = Math.min(Math.max(from, at.start), at.end);
    window.to = within ? Math.max(window.from, Math.min(at.end, from + within(at))) : at.end;
    return true;
  };
}
