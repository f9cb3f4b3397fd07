/** The contract of compilers of conditions, and what they may need of their thread. */
import type { Expressions } from '../engine/expression.js';
import type { ConditionWatch } from './condition-watch.js';
import type { Inspection, Test } from './inspection.js';
import type { Match, Signature } from './signature.js';

/**
 * Compiles conditions of one kind. Every `Match.kind` has a compiler, located next to the keywords that produce the
 * matches. Tests of state (flowbits, datasets …) access it through `environment`.
 */
export interface MatchCompiler {
  readonly kind: string;
  compile(match: Match, environment: CompileEnvironment): Test;
  /** The number it compares, for explanations of rules; NaN if the packet has none. */
  readonly value?: (at: Inspection) => number;
}

/** What compiled conditions may need of their thread. */
export interface CompileEnvironment {
  /** State stores by name (`flowbits`, `xbits`, `datasets` …), created by detection for its thread. */
  readonly stores: ReadonlyMap<string, unknown>;
  /** The current signature. */
  readonly signature?: Pick<Signature, 'gid' | 'sid' | 'rev' | 'action' | 'msg' | 'category' | 'priority'>;
  /** Index into `Inspection.variables` of a named variable of the current signature. */
  variable(name: string): number;
  /** Regular expressions of the thread. */
  readonly expressions?: Expressions;
  /** Limits on the work of one evaluation; defaults if absent. */
  readonly limits?: {
    readonly recursion: number;
    readonly pcreMatch: number;
    readonly pcreRecursion: number;
  };
  /** Checksums are not verified: all count as valid. */
  readonly ignoresChecksums?: boolean;
  /** Called when a regular expression hits its match limit. */
  limitReached?(): void;
  /** Compiles conditions on another buffer that are part of a condition (base64_data). */
  compileBuffer?(conditions: readonly Match[]): Test;
  /** Observes the evaluation of the current signature. */
  readonly watch?: ConditionWatch | undefined;
}
