/** The contract of a transform: a keyword that changes the sticky buffer before conditions inspect it. */
import type { Keyword } from './keyword.js';
import type { CompileEnvironment } from './match-compiler.js';
import type { RuleBuilder } from './rule-builder.js';
import type { Match, Position } from './signature.js';

/** @returns the bytes to inspect; the same array if nothing changes */
export type TransformBytes = (bytes: Uint8Array) => Uint8Array;

export interface Transform {
  readonly name: string;
  readonly summary: string;
  /** Empty: takes no argument. */
  readonly grammar: string;
  readonly optionalArgument?: boolean;
  /** Plain data for `compile`. @throws RuleError */
  parse?(argument: string | undefined, rule: RuleBuilder, at: Position): Readonly<Record<string, unknown>>;
  compile(match: Match, environment: CompileEnvironment): TransformBytes;
}

/** The keyword of a transform. */
export function transformKeyword(transform: Transform): Keyword {
  const { name, summary, grammar } = transform;
  return {
    name,
    summary,
    grammar,
    family: 'transform',
    features: [
      'transform',
      ...(grammar === '' ? (['no option'] as const) : []),
      ...(transform.optionalArgument ? (['optional argument'] as const) : []),
    ],
    parse: (rule, argument, at) =>
      rule.addTransform({ kind: name, ...transform.parse?.(argument, rule, at) }, at),
  };
}
