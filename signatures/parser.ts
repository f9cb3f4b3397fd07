/** Parses a single rule of the signature language. */

import type { Keyword } from './keyword.js';
import { requirementsMet } from './keywords/requires.js';
import { finish } from './parser/finish.js';
import { parseHeader } from './parser/header.js';
import { type OptionVisitor, walkOptions } from './parser/options.js';
import { decodeText, type RuleSource } from './parser/source.js';
import { RuleBuilder } from './rule-builder.js';
import type { RuleContext } from './rule-context.js';
import { RuleError, SkippedRule, UnsupportedRule } from './rule-error.js';
import type { Position, Signature } from './signature.js';

/**
 * Parses a rule; its index is set later by the rule loader.
 * @throws RuleError for an invalid rule; UnsupportedRule for a valid one that cannot be loaded yet; SkippedRule for one
 * whose `requires` is not met
 */
export function parseRule(source: RuleSource, context: RuleContext): Signature {
  if (source.text.length > context.limits.ruleLength) {
    throw new RuleError(`rule is longer than ${context.limits.ruleLength} characters`, source.position(0));
  }
  skipUnlessRequired(source, context);
  const { header, alertToo, unsupported, options } = parseHeader(source, context);
  const rule = new RuleBuilder(header, context, source.position(0));
  if (alertToo) rule.notes.set('alert', true);
  if (unsupported) rule.markUnsupported(unsupported);
  if (source.text.at(-1) !== ')')
    rule.warn('rule does not end with ")"', source.position(source.text.length), ')');
  parseOptions(source, options, rule);
  const signature = finish(rule, decodeText(source.text));
  if (rule.unsupported) throw new UnsupportedRule(rule.unsupported, rule.at);
  return signature;
}

function parseOptions(source: RuleSource, from: number, rule: RuleBuilder): void {
  const { context } = rule;
  let current: string | undefined;
  try {
    walkOptions(source, from, (name, argument, nameOffset, argumentOffset) => {
      current = undefined;
      const keyword = context.keywords.get(name) ?? context.keywords.get(name.toLowerCase());
      if (!keyword) throw unknownKeyword(name, context, source.position(nameOffset));
      current = keyword.name;
      refuseSwitchedOff(keyword.name, context, source.position(nameOffset));
      refuseHashing(keyword.name, context, source.position(nameOffset));
      apply(keyword, rule, argument, source.position(argumentOffset));
    });
  } catch (error) {
    if (error instanceof RuleError && current !== undefined) error.keyword ??= current;
    throw error;
  }
}

/** gid and sid of a rule that could not be parsed, as far as they can be read. */
export function identify(source: RuleSource): { gid: number; sid: number } {
  const sid = /[;(]\s*sid\s*:\s*(\d+)/.exec(source.text);
  const gid = /[;(]\s*gid\s*:\s*(\d+)/.exec(source.text);
  return { gid: gid ? Number(gid[1]) : 1, sid: sid ? Number(sid[1]) : 0 };
}

function apply(keyword: Keyword, rule: RuleBuilder, argument: string | undefined, at: Position): void {
  if (keyword.grammar === '') {
    if (argument !== undefined && argument !== '') {
      throw new RuleError(
        `unexpected option to ${keyword.name} keyword: '${argument}'`,
        at,
        `${keyword.name};`,
      );
    }
    keyword.parse(rule, undefined, at);
  } else if (argument === undefined || argument === '') {
    if (!keyword.features?.includes('optional argument')) {
      throw new RuleError(
        `invalid formatting or malformed option to ${keyword.name} keyword: expected an argument`,
        at,
        `${keyword.name}:${keyword.grammar};`,
      );
    }
    keyword.parse(rule, undefined, at);
  } else keyword.parse(rule, argument, at);
}

/** `ja4.hash` and `ja4_hash` belong to `ja4`; `ja3s.hash` to `ja3`. */
function refuseSwitchedOff(name: string, { switchedOff }: RuleContext, at: Position): void {
  for (const part of switchedOff) {
    if (new RegExp(`^${part}s?[._]`).test(name))
      throw new RuleError(`${name} needs ${part}, which is disabled`, at, `${part}-fingerprints: yes`);
  }
}

/** Keywords that compare or compute digests. */
const HASHING = /^(?:file(?:md5|sha1|sha256)|to_(?:md5|sha1|sha256))$/;

function refuseHashing(name: string, { hashing }: RuleContext, at: Position): void {
  if (!hashing && HASHING.test(name)) throw new RuleError(`${name} needs hashing, which is disabled`, at);
}

function unknownKeyword(name: string, context: RuleContext, at: Position): RuleError {
  return new RuleError(
    `unknown rule keyword '${name}'.`,
    at,
    name === '' ? 'remove ";"' : context.shared.nearest(name, context.keywords.keys()),
  );
}

/** Parses `requires` first: a rule whose requirements are not met is not parsed. */
function skipUnlessRequired(source: RuleSource, context: RuleContext): void {
  if (!source.text.includes('requires')) return;
  const open = source.text.indexOf('(');
  if (open < 0) return;
  const visit: OptionVisitor = (name, argument, _, offset) => {
    if (name !== 'requires') return;
    const reason = requirementsMet(argument ?? '', context, source.position(offset));
    if (reason) throw new SkippedRule(reason, source.position(offset));
  };
  walkOptions(source, open + 1, visit);
}
