/** The signature language as detection uses it. */
import { compileBuffer } from '../../signatures/buffer-matcher.js';
import type { CompileEnvironment, MatchCompiler } from '../../signatures/keyword.js';
import { compileMultiInteger, type MultiIntegerTest } from '../../signatures/keywords/multi-integers.js';
import type { Match } from '../../signatures/signature.js';
import type { Transform } from '../../signatures/transform.js';
import { compilersByKind, type RuleLanguage, type Transformation } from './language.js';
import { setBuffer } from './rule.js';

/** @param compilers of all kinds of conditions  @param transforms all of them */
export function signatureLanguage(
  compilers: readonly MatchCompiler[],
  transforms: readonly Transform[],
): RuleLanguage {
  const byKind = compilersByKind(compilers);
  const byName = new Map(transforms.map(transform => [transform.name, transform]));
  const language: RuleLanguage = {
    condition(match, environment) {
      const test = byKind.get(match.kind)?.compile(match, complete(environment, language));
      return test && (environment.watch?.condition(match, test, environment) ?? test);
    },
    buffer: (conditions, environment) => compileBuffer(conditions, complete(environment, language), byKind),
    transforms: (matches, environment) => transformation(matches, environment, byName),
    values: match => compileMultiInteger(match['test'] as MultiIntegerTest),
  };
  return language;
}

/** The environment, with a way to compile conditions on buffers inside of conditions. */
function complete(environment: CompileEnvironment, language: RuleLanguage): CompileEnvironment {
  return { ...environment, compileBuffer: conditions => language.buffer(conditions, environment) };
}

function transformation(
  matches: readonly Match[],
  environment: CompileEnvironment,
  byName: ReadonlyMap<string, Transform>,
): Transformation | undefined {
  if (matches.length === 0) return undefined;
  const steps = matches.map(match => {
    const transform = byName.get(match.kind);
    if (!transform) throw new Error(`no transform ${match.kind}`);
    return transform.compile(match, environment);
  });
  return at => {
    let bytes = at.bytes.subarray(at.start, at.end);
    for (const step of steps) bytes = step(bytes);
    setBuffer(at, bytes, 0, bytes.length, true, true);
  };
}
