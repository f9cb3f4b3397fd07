/** pcre as a step of a chain. */
import { type Expressions, LIMIT_REACHED } from '../../engine/expression.js';
import type { Inspection, Test } from '../inspection.js';
import type { Capture, PcreMatch } from '../keywords/pcre.js';
import type { CompileEnvironment } from '../match-compiler.js';
import type { Budget, ChainRole, Step } from './chain.js';

/** Name of the store. */
export const CAPTURES = 'captures';

/** Stores captured groups of expressions. */
export interface CaptureStore {
  capture(at: Inspection, scope: 'flow' | 'pkt' | 'alert', name: string, start: number, end: number): void;
  /** The last value captured under a name, for the current flow or packet: latin1. */
  captured(at: Inspection, scope: 'flow' | 'pkt', name: string): string | undefined;
}

/** Maximum number of captured groups. */
const MAX_GROUPS = 16;

export function pcreStep(
  match: PcreMatch,
  { again }: ChainRole,
  environment: CompileEnvironment,
  budget: Budget,
): Step {
  const { expressions, limits } = environment;
  if (!expressions) throw new Error('regular expressions are not available here');
  const expression = expressions.compile({
    pattern: match.pattern,
    options: match.options,
    ...(!match.ownLimits && limits && { matchLimit: limits.pcreMatch, recursionLimit: limits.pcreRecursion }),
  });
  const capture = captures(match, environment);
  return next => (match.negated ? absent(expressions, expression, match.relative, next) : present(next));

  function present(next: Test): Test {
    const groups = new Uint32Array(2 * (MAX_GROUPS + 1));
    return at => {
      const from = match.relative ? at.cursor : at.start;
      let start = from;
      while (start <= at.end) {
        if (budget.left-- <= 0) return false;
        const count = expressions!.match(expression, at.bytes, from, start, at.end, groups);
        if (count <= 0) {
          if (count === LIMIT_REACHED) environment.limitReached?.();
          return false;
        }
        // `next` may overwrite `groups`.
        const [first, end] = [groups[0]!, groups[1]!];
        at.cursor = end;
        capture?.(at, groups, count);
        if (next(at)) return true;
        if (!again) return false;
        start = first + 1;
      }
      return false;
    };
  }
}

function absent(expressions: Expressions, expression: number, relative: boolean, next: Test): Test {
  const groups = new Uint32Array(2);
  return at => {
    const from = relative ? at.cursor : at.start;
    return (
      from <= at.end && expressions.match(expression, at.bytes, from, from, at.end, groups) === 0 && next(at)
    );
  };
}

type Capturing = (at: Inspection, groups: Uint32Array, count: number) => void;

function captures(match: PcreMatch, environment: CompileEnvironment): Capturing | undefined {
  const store = environment.stores.get(CAPTURES) as CaptureStore | undefined;
  const wanted = match.captures;
  if (!store || !wanted) return undefined;
  return (at, groups, count) => {
    for (let i = 0; i < wanted.length && i + 1 < count; i++) {
      const start = groups[2 * i + 2]!;
      if (start === 0xffffffff || isKey(wanted, i)) continue;
      const name = isKey(wanted, i - 1) ? nameIn(at, groups[2 * i]!, groups[2 * i + 1]!) : wanted[i]!.name;
      store.capture(at, wanted[i]!.scope, name, start, groups[2 * i + 3]!);
    }
  };
}

/** `pkt:key, pkt:value`: the first capture is the name under which the second is stored. */
function isKey(wanted: readonly Capture[], i: number): boolean {
  const [key, value] = [wanted[i], wanted[i + 1]];
  return key?.scope === 'pkt' && key.name === 'key' && value?.scope === 'pkt' && value.name === 'value';
}

function nameIn({ bytes }: Inspection, start: number, end: number): string {
  return start === 0xffffffff ? '' : Buffer.from(bytes.subarray(start, end)).toString('latin1');
}
