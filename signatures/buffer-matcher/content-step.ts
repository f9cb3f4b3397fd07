/** content as a step of a chain. */

import type { Inspection, Test } from '../inspection.js';
import { numberSource, sizeSource } from '../keywords/byte-reading.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { ContentMatch } from '../signature.js';
import { REPLACEMENTS, type Replacements } from '../state/replacements.js';
import { type Budget, type ChainRole, isRelative, type Step } from './chain.js';
import { Needle } from './needle.js';

/** Range of match positions: `[from, to)`. */
interface Window {
  from: number;
  to: number;
}

type SetWindow = (at: Inspection, window: Window) => boolean;

/** A content with its search range. */
interface Search {
  readonly needle: Needle;
  readonly setWindow: SetWindow;
  /** It must end the buffer. */
  readonly endswith: boolean;
  /** The end of its window in a buffer does not depend on where it begins. */
  readonly hasOneEnd: boolean;
  /** It does not refer to anything before it. */
  readonly alone: boolean;
}

export function contentStep(
  match: ContentMatch,
  link: ChainRole,
  environment: CompileEnvironment,
  budget: Budget,
): Step {
  const alone = !isRelative(match);
  const window = alone ? absoluteWindow : relativeWindow;
  const search: Search = {
    needle: new Needle(match.bytes, match.nocase),
    setWindow: window(match, environment),
    endswith: match.endswith ?? false,
    hasOneEnd: hasOneEnd(match),
    alone,
  };
  const found = recordReplacement(match, environment);
  return next => {
    if (match.negated) return absent(search, budget, next);
    return found ? replaceAll(search, budget, found(next)) : present(search, link, budget, next);
  };
}

function hasOneEnd({ offset, depth, distance, within }: ContentMatch): boolean {
  return within === undefined && [offset, depth, distance].every(each => typeof each !== 'string');
}

/** Records the position of a content with `replace`, once the following conditions hold. */
function recordReplacement(match: ContentMatch, { stores }: CompileEnvironment): Step | undefined {
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

/**
 * If all positions up to the end of the buffer have failed, those after the first one need not be tried again:
 * otherwise frequent contents would cost quadratic time. If all positions of a content that refers to nothing before it
 * have failed, the whole buffer is given up.
 */
function present(
  { needle, setWindow, endswith, hasOneEnd, alone }: Search,
  { again, steady }: ChainRole,
  budget: Budget,
  next: Test,
): Test {
  const window: Window = { from: 0, to: 0 };
  const remembers = hasOneEnd && steady;
  // In this round, no match from here on succeeded.
  let round = -1;
  let hopeless = 0;
  return at => {
    if (!setWindow(at, window)) return false;
    const first = window.from;
    if (round === budget.round && first >= hopeless) return false;
    let from = endswith ? endPosition(needle, window, at) : first;
    // Local copy: the test may be re-entered from its own `next`.
    const { to } = window;
    for (;;) {
      if (budget.left-- <= 0) return false;
      const found = needle.find(at.bytes, from, to);
      if (found < 0) break;
      at.cursor = found + needle.length;
      if (next(at)) return true;
      if (!again) return false;
      from = found + 1;
    }
    if (alone) budget.left = 0;
    if (remembers) {
      hopeless = first;
      round = budget.round;
    }
    return false;
  };
}

/**
 * Every match is replaced: the sender decides how often the content occurs in one packet, and network cards coalesce
 * segments.
 */
function replaceAll({ needle, setWindow, endswith }: Search, budget: Budget, next: Test): Test {
  const window: Window = { from: 0, to: 0 };
  return at => {
    if (!setWindow(at, window)) return false;
    let from = endswith ? endPosition(needle, window, at) : window.from;
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

function absent({ needle, setWindow, endswith, hasOneEnd }: Search, budget: Budget, next: Test): Test {
  const window: Window = { from: 0, to: 0 };
  // Matches found in this round, and where the search for them began.
  let round = -1;
  let looked = 0;
  let found = -1;
  return at => {
    if (!setWindow(at, window)) return false;
    const from = endswith ? endPosition(needle, window, at) : window.from;
    const known = hasOneEnd && round === budget.round && from >= looked && (found < 0 || found >= from);
    if (!known) {
      found = needle.find(at.bytes, from, window.to);
      looked = from;
      round = budget.round;
    }
    return found < 0 && next(at);
  };
}

/** The only position at which a content that ends the buffer may begin; beyond the window if there is none. */
function endPosition(needle: Needle, window: Window, at: Inspection): number {
  const place = at.end - needle.length;
  return at.atEnd && window.to === at.end && place >= window.from ? place : window.to;
}

/** offset and depth are relative to the beginning of the buffer, even if that is no longer available. */
function absoluteWindow(match: ContentMatch, environment: CompileEnvironment): SetWindow {
  const { offset, depth } = match;
  if (offset === undefined && depth === undefined) {
    return (at, window) => {
      window.from = at.start;
      window.to = at.end;
      return true;
    };
  }
  const first = sizeSource(offset ?? 0, environment);
  const length = depth === undefined ? undefined : sizeSource(depth, environment);
  return (at, window) => {
    const before = at.atBeginning ? 0 : at.position;
    const from = first(at) - before;
    window.from = Math.min(at.start + Math.max(0, from), at.end);
    window.to = length ? Math.min(at.end, at.start + from + length(at)) : at.end;
    return true;
  };
}

/** distance and within are relative to the end of the previous match. */
function relativeWindow(match: ContentMatch, environment: CompileEnvironment): SetWindow {
  const distance = numberSource(match.distance ?? 0, environment);
  const within = match.within === undefined ? undefined : numberSource(match.within, environment);
  return (at, window) => {
    const from = at.cursor + distance(at);
    window.from = Math.min(Math.max(from, at.start), at.end);
    window.to = within ? Math.max(window.from, Math.min(at.end, from + within(at))) : at.end;
    return true;
  };
}
