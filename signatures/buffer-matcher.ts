/** Evaluates all conditions on one buffer. */
import { type Budget, type ChainRole, chainsOf, holds, roleOf, type Step } from './buffer-matcher/chain.js';
import { contentStep } from './buffer-matcher/content-step.js';
import { pcreStep } from './buffer-matcher/pcre-step.js';
import type { Test } from './inspection.js';
import type { PcreMatch } from './keywords/pcre.js';
import type { CompileEnvironment, MatchCompiler } from './match-compiler.js';
import type { ContentMatch, Match } from './signature.js';

/** Default limit of the steps for the conditions on one buffer. */
const RECURSION_LIMIT = 3000;

/**
 * Compiles conditions for the current buffer. All must hold; relative ones are tried at each match of the preceding
 * ones, up to the limit of `detect.inspection-recursion-limit`.
 * @param compilers of non-relative conditions, by kind
 * @throws Error for a condition of unknown kind
 */
export function compileBuffer(
  conditions: readonly Match[],
  environment: CompileEnvironment,
  compilers: ReadonlyMap<string, MatchCompiler>,
): Test {
  const limit = environment.limits?.recursion ?? RECURSION_LIMIT;
  const budget: Budget = { left: limit, round: 0 };
  const chains = chainsOf(conditions).map(chain => compileChain(chain, environment, compilers, budget));
  const test: Test = at => {
    budget.left = limit;
    budget.round = (budget.round + 1) & 0x3fffffff;
    at.cursor = at.start;
    for (let i = 0; i < chains.length; i++) if (!chains[i]!(at)) return false;
    return true;
  };
  return environment.watch?.buffer(conditions, test) ?? test;
}

function compileChain(
  chain: readonly Match[],
  environment: CompileEnvironment,
  compilers: ReadonlyMap<string, MatchCompiler>,
  budget: Budget,
): Test {
  let next = holds;
  for (let i = chain.length - 1; i >= 0; i--) {
    const step = compileStep(chain[i]!, roleOf(chain, i), environment, compilers, budget);
    next = (environment.watch?.step(chain[i]!, step, environment) ?? step)(next);
  }
  return next;
}

function compileStep(
  match: Match,
  link: ChainRole,
  environment: CompileEnvironment,
  compilers: ReadonlyMap<string, MatchCompiler>,
  budget: Budget,
): Step {
  if (match.kind === 'content') return contentStep(match as ContentMatch, link, environment, budget);
  if (match.kind === 'pcre') return pcreStep(match as PcreMatch, link, environment, budget);
  const compiler = compilers.get(match.kind);
  if (!compiler) throw new Error(`no way to evaluate ${match.kind}`);
  const test = compiler.compile(match, environment);
  return next => (next === holds ? test : at => test(at) && next(at));
}
