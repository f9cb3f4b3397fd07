/**
 * The contract of a keyword of the signature language. One file of `signatures/keywords/` holds one family and
 * exports its keywords as a list; the lists are put together in `signatures/keywords.ts`.
 *
 * From the declaration come the parser's errors, `--list-keywords` and the documentation page.
 */
import type { Expressions } from '../engine/expression.js';
import type { ConditionWatch } from './condition-watch.js';
import type { Inspection, Test } from './inspection.js';
import type { RuleBuilder } from './rule-builder.js';
import type { Match, Position, Signature } from './signature.js';

export interface Keyword {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** The argument's form, for errors and documentation: `[!]"text" | none`. Empty: takes no argument. */
  readonly grammar: string;
  /** `--list-keywords=csv` features: sticky buffer, transform, content modifier, prefilter … */
  readonly features?: readonly KeywordFeature[];
  /** Where it applies, as `--list-keywords` words it: `payload`, `packet`, `flow`, `tx` … */
  readonly family: string;
  /** Path of the option that switches it: where that is `no`, it is not there. */
  readonly switch?: string;
  /**
   * Adds what the keyword means to the rule under construction.
   * @param argument text behind the colon, trimmed; undefined without a colon
   * @param at where the argument (or the keyword) stands
   * @throws RuleError with the reason Suricata's users know
   */
  parse(rule: RuleBuilder, argument: string | undefined, at: Position): void;
}

export type KeywordFeature =
  | 'no option'
  | 'optional argument'
  | 'sticky buffer'
  | 'transform'
  | 'content modifier'
  | 'compatible with IP-only rule'
  | 'prefilter'
  | 'multi buffer'
  | 'integer';

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
