/** How conditions of signatures become executable: what detection asks of the signature language. */

import type { Inspection, Test } from '../../signatures/inspection.js';
import type { CompileEnvironment, MatchCompiler } from '../../signatures/keyword.js';
import type { Match } from '../../signatures/signature.js';

/** Replaces the buffer in hand by its transformed bytes. */
export type Transformation = (at: Inspection) => void;

export interface RuleLanguage {
  /** One condition. @returns undefined for a kind nobody compiles */
  condition(match: Match, environment: CompileEnvironment): Test | undefined;
  /** Conditions on the buffer in hand, with the ways of backtracking that relative ones need. */
  buffer(conditions: readonly Match[], environment: CompileEnvironment): Test;
  /** Transformations one behind the other; undefined for none. */
  transforms(transforms: readonly Match[], environment: CompileEnvironment): Transformation | undefined;
  /** Comparison of the values of a transaction with those of a `protocol-value`. */
  values(match: Match): (values: readonly number[]) => boolean;
}

/** Compilers by kind. */
export function compilersByKind(compilers: readonly MatchCompiler[]): Map<string, MatchCompiler> {
  return new Map(compilers.map(compiler => [compiler.kind, compiler]));
}
