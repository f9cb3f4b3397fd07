/**
 * The contract of a keyword of the signature language. One file of `signatures/keywords/` holds one family and
 * exports its keywords as a list; the lists are put together in `signatures/keywords.ts`.
 *
 * From the declaration come the parser's errors, `--list-keywords` and the documentation page.
 */
import type { RuleBuilder } from './rule-builder.js';
import type { Position } from './signature.js';

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
