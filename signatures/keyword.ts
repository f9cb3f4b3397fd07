/**
 * The contract of a keyword of the signature language. Each file of `signatures/keywords/` contains one family and
 * exports its keywords as a list; `signatures/keywords.ts` combines the lists.
 *
 * The declaration is the source of the parser's errors, of `--list-keywords` and of the documentation page.
 */
import type { RuleBuilder } from './rule-builder.js';
import type { Position } from './signature.js';

export interface Keyword {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** Syntax of the argument, for errors and documentation: `[!]"text" | none`. Empty: takes no argument. */
  readonly grammar: string;
  /** `--list-keywords=csv` features: sticky buffer, transform, content modifier, prefilter … */
  readonly features?: readonly KeywordFeature[];
  /** Family in `--list-keywords`: `payload`, `packet`, `flow`, `tx` … */
  readonly family: string;
  /** Path of an option that enables it: with `no` the keyword does not exist. */
  readonly switch?: string;
  /**
   * Adds the keyword's meaning to the rule under construction.
   * @param argument text after the colon, trimmed; undefined without a colon
   * @param at position of the argument (or of the keyword)
   * @throws RuleError with the message known from Suricata
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
