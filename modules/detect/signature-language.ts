/** The signature language as detection uses it. */
import { compileBuffer } from '../../signatures/buffer-matcher.js';
import type { CompileEnvironment, MatchCompiler } from '../../signatures/keyword.js';
import { compileMultiInteger, type MultiIntegerTest } from '../../signatures/keywords/multi-integers.js';
import { compilersByKind, type RuleLanguage, type Transformation } from './language.js';

export type TransformCompiler = (environment: CompileEnvironment, match: { readonly kind: string }) => Transformation;

/** @param compilers of all kinds of conditions */
export function signatureLanguage(compilers: readonly MatchCompiler[]): RuleLanguage {
  const byKind = compilersByKind(compilers);
  return {
    condition: (match, environment) => byKind.get(match.kind)?.compile(match, environment),
    buffer: (conditions, environment) => compileBuffer(conditions, environment, byKind),
    transforms: () => undefined,
    values: match => compileMultiInteger(match['test'] as MultiIntegerTest),
  };
}
