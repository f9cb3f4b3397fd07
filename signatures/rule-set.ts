/** Result of loading rules: plain data, so that it can be sent to other threads. */
import type { Position, Signature } from './signature.js';

/** An error or warning about one rule, or about a file (line 0). */
export interface RuleProblem {
  readonly message: string;
  readonly position: Position;
  readonly suggestion?: string;
  /** The keyword concerned, if any. */
  readonly keyword?: string;
  /** Text of the rule. */
  readonly rule?: string;
  /** A name that is defined nowhere: thousands of rules may use it, so it is logged once. */
  readonly isMissingName?: boolean;
}

/** A valid rule that cannot be loaded yet. */
export interface UnsupportedRuleNote {
  /** "protocol smb is not supported yet", "keyword asn1 is not supported". */
  readonly reason: string;
  readonly gid: number;
  readonly sid: number;
  readonly position: Position;
}

/** All active signatures, and the outcome for other rules. */
export interface RuleSet<Kept = Signature> {
  /** In file order; `signature.index` is the index in this list. */
  readonly signatures: Kept[];
  /** Refused rules. */
  readonly errors: RuleProblem[];
  readonly warnings: RuleProblem[];
  /** Rules that need something not supported yet. */
  readonly unsupported: UnsupportedRuleNote[];
  /** Rules whose `requires` is not met. */
  readonly skipped: RuleProblem[];
  /** Files read, in order. */
  readonly files: readonly string[];
  /** Files named in rules: datasets. */
  readonly named: readonly string[];
  /** Prefix of reference types: `{ cve: 'https://…' }`. */
  readonly referenceSystems: Readonly<Record<string, string>>;
}

/** Outcome of loading rules, without the signatures themselves. */
export interface RuleOutcome extends Omit<RuleSet<unknown>, 'signatures'> {
  /** Number of active signatures. */
  readonly loaded: number;
}

export function outcomeOf({ signatures, ...rest }: RuleSet<unknown>): RuleOutcome {
  return { ...rest, loaded: signatures.length };
}

/** Number of rules that cannot be loaded yet, by reason, most frequent first. */
export function unsupportedByReason(
  ruleSet: Pick<RuleOutcome, 'unsupported'>,
): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of ruleSet.unsupported) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
