/** The contract of what makes conditions of rules executable, and what they may need of their thread. */
import type { Expressions } from '../engine/expression.js';
import type { ConditionWatch } from './condition-watch.js';
import type { Inspection, Test } from './inspection.js';
import type { Match, Signature } from './signature.js';

/**
 * Makes a condition of one kind executable. Every `Match.kind` has one; they stand beside the keywords that make
 * the matches. Tests of states (flowbits, datasets …) get at them through `environment`.
 */
export interface MatchCompiler {
  readonly kind: string;
  compile(match: Match, environment: CompileEnvironment): Test;
  /** The number that it compares, for who explains rules; NaN where the packet has none. */
  readonly value?: (at: Inspection) => number;
}

/** What compiled conditions may need of their thread. */
export interface CompileEnvironment {
  /** Stores of state by name (`flowbits`, `xbits`, `datasets` …), made by detection for its thread. */
  readonly stores: ReadonlyMap<string, unknown>;
  /** The signature in hand. */
  readonly signature?: Pick<Signature, 'gid' | 'sid' | 'rev' | 'action' | 'msg' | 'category' | 'priority'>;
  /** Index into `Inspection.variables` of a named variable of the signature in hand. */
  variable(name: string): number;
  /** Regular expressions of the thread. */
  readonly expressions?: Expressions;
  /** Bounds on the work of one evaluation; defaults where absent. */
  readonly limits?: {
    readonly recursion: number;
    readonly pcreMatch: number;
    readonly pcreRecursion: number;
  };
  /** Checksums are not looked at: all pass for right ones. */
  readonly ignoresChecksums?: boolean;
  /** Told when a regular expression was given up at its limit. */
  limitReached?(): void;
  /** Conditions on another buffer that are part of a condition (base64_data). */
  compileBuffer?(conditions: readonly Match[]): Test;
  /** Looks on while the signature in hand is evaluated. */
  readonly watch?: ConditionWatch | undefined;
}
