/** What loading rules gives: plain data, so that it can travel to other threads. */
import type { Position, Signature } from './signature.js';

/** An error or warning about one rule, or about a file (line 0). */
export interface RuleProblem {
  readonly message: string;
  readonly position: Position;
  readonly suggestion?: string;
  /** The keyword it is about, where it is about one. */
  readonly keyword?: string;
  /** Text of the rule. */
  readonly rule?: string;
}

/** A rule that cannot be loaded yet, without being wrong. */
export interface UnsupportedRuleNote {
  /** "protocol smb is not supported yet", "keyword asn1 is not supported". */
  readonly reason: string;
  readonly gid: number;
  readonly sid: number;
  readonly position: Position;
}

/** All signatures in use, and what became of the other rules. */
export interface RuleSet<Kept = Signature> {
  /** In the order of the files; `signature.index` is the index in this list. */
  readonly signatures: Kept[];
  /** Rules that are refused. */
  readonly errors: RuleProblem[];
  readonly warnings: RuleProblem[];
  /** Rules that need what is not there yet. */
  readonly unsupported: UnsupportedRuleNote[];
  /** Rules whose `requires` is not met. */
  readonly skipped: RuleProblem[];
  /** Files read, in order. */
  readonly files: readonly string[];
  /** Files that rules name: datasets. */
  readonly named: readonly string[];
  /** Prefix of reference types: `{ cve: 'https://…' }`. */
  readonly referenceSystems: Readonly<Record<string, string>>;
}

/** What became of the rules, without the signatures themselves. */
export interface RuleOutcome extends Omit<RuleSet<unknown>, 'signatures'> {
  /** Signatures in use. */
  readonly loaded: number;
}

export function outcomeOf({ signatures, ...rest }: RuleSet<unknown>): RuleOutcome {
  return { ...rest, loaded: signatures.length };
}

/** How many rules cannot be loaded yet, by reason, most frequent first. */
export function unsupportedByReason(
  ruleSet: Pick<RuleOutcome, 'unsupported'>,
): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of ruleSet.unsupported) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
