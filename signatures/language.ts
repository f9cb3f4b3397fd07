/** Compiles conditions of signatures to executable tests: the interface of the signature language to detection. */
import { compileBuffer } from './buffer-matcher.js';
import type { Inspection, Test } from './inspection.js';
import { compileMultiInteger, type MultiIntegerTest } from './keywords/multi-integers.js';
import { MATCH_COMPILERS } from './keywords.js';
import type { CompileEnvironment } from './match-compiler.js';
import type { Match } from './signature.js';
import type { TransformBytes } from './transform.js';
import { TRANSFORMS } from './transforms.js';

/** Replaces the current buffer by its transformed bytes. */
export type Transformation = (at: Inspection) => void;

export interface RuleLanguage {
  /** One condition. @returns undefined for an unknown kind */
  condition(match: Match, environment: CompileEnvironment): Test | undefined;
  /** Conditions on the current buffer, with the backtracking that relative ones need. */
  buffer(conditions: readonly Match[], environment: CompileEnvironment): Test;
  /** A sequence of transformations; undefined for none. */
  transforms(transforms: readonly Match[], environment: CompileEnvironment): Transformation | undefined;
  /** Compares a transaction's values with those of a `protocol-value`. */
  values(match: Match): (values: readonly number[]) => boolean;
}

const compilers = new Map(MATCH_COMPILERS.map(compiler => [compiler.kind, compiler]));
const transformsByName = new Map(TRANSFORMS.map(transform => [transform.name, transform]));

export function signatureLanguage(): RuleLanguage {
  const language: RuleLanguage = {
    condition(match, environment) {
      const test = compilers.get(match.kind)?.compile(match, complete(environment, language));
      return test && (environment.watch?.condition(match, test, environment) ?? test);
    },
    buffer: (conditions, environment) =>
      compileBuffer(conditions, complete(environment, language), compilers),
    transforms: (transforms, environment) =>
      transforms.length === 0 ? undefined : inPlace(chain(transforms, environment)),
    values: match => compileMultiInteger(match['test'] as MultiIntegerTest),
  };
  return language;
}

/** The environment, extended by a function that compiles conditions on nested buffers. */
function complete(environment: CompileEnvironment, language: RuleLanguage): CompileEnvironment {
  return { ...environment, compileBuffer: conditions => language.buffer(conditions, environment) };
}

/** A sequence of transforms. */
export function chain(transforms: readonly Match[], environment: CompileEnvironment): TransformBytes {
  const steps = transforms.map(match => {
    const transform = transformsByName.get(match.kind);
    if (!transform) throw new Error(`unknown transform ${match.kind}`);
    return transform.compile(match, environment);
  });
  return bytes => steps.reduce((changed, step) => step(changed), bytes);
}

function inPlace(change: TransformBytes): Transformation {
  return at => {
    const changed = change(at.bytes.subarray(at.start, at.end));
    at.bytes = changed;
    at.start = at.cursor = 0;
    at.end = changed.length;
    at.atBeginning = at.atEnd = true;
  };
}
