/** Conditions of signatures as executable tests: what detection asks of the signature language. */
import { compileBuffer } from './buffer-matcher.js';
import type { Inspection, Test } from './inspection.js';
import type { CompileEnvironment, MatchCompiler } from './keyword.js';
import { MATCH_COMPILERS } from './keywords.js';
import type { Match } from './signature.js';
import type { TransformBytes } from './transform.js';
import { TRANSFORMS } from './transforms.js';

export interface Language {
  /** One condition. @returns undefined for a kind nobody compiles */
  condition(match: Match, environment: CompileEnvironment): Test | undefined;
  /** All conditions on the buffer in hand. @throws Error when one cannot be compiled */
  buffer(conditions: readonly Match[], environment: CompileEnvironment): Test;
  /** Replaces the buffer in hand by what transforms make of it; undefined without transforms. */
  transforms(
    transforms: readonly Match[],
    environment: CompileEnvironment,
  ): ((at: Inspection) => void) | undefined;
}

/** @param further compilers of kinds that belong to detection: states, events, protocol values */
export function signatureLanguage(further: readonly MatchCompiler[] = []): Language {
  const compilers = new Map([...MATCH_COMPILERS, ...further].map(compiler => [compiler.kind, compiler]));
  const language: Language = {
    condition: (match, environment) => compilers.get(match.kind)?.compile(match, environment),
    buffer(conditions, environment) {
      const nested: CompileEnvironment = Object.create(environment, {
        compileBuffer: { value: (inner: readonly Match[]) => compileBuffer(inner, environment, compilers) },
      });
      return compileBuffer(conditions, nested, compilers);
    },
    transforms: (transforms, environment) =>
      transforms.length === 0 ? undefined : inPlace(chain(transforms, environment)),
  };
  return language;
}

/** Transforms one behind the other. */
export function chain(transforms: readonly Match[], environment: CompileEnvironment): TransformBytes {
  const steps = transforms.map(match => {
    const transform = TRANSFORMS.find(each => each.name === match.kind);
    if (!transform) throw new Error(`unknown transform ${match.kind}`);
    return transform.compile(match, environment);
  });
  return bytes => steps.reduce((changed, step) => step(changed), bytes);
}

function inPlace(change: TransformBytes): (at: Inspection) => void {
  return at => {
    const changed = change(at.bytes.subarray(at.start, at.end));
    at.bytes = changed;
    at.start = at.cursor = 0;
    at.end = changed.length;
  };
}
