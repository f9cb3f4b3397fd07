/** fast_pattern: selects the content by which a rule is found. */
import type { Keyword } from '../keyword.js';
import { RuleError } from '../rule-error.js';
import type { ContentMatch, Position } from '../signature.js';

const fastPattern: Keyword = {
  name: 'fast_pattern',
  family: 'payload',
  summary: "Selects this content as the rule's fast pattern; `only`, or a part of the content, may be given.",
  grammar: '[only | offset,length]',
  features: ['optional argument', 'content modifier'],
  parse(rule, argument, at) {
    const each = rule.lastContent();
    if (!each) {
      throw new RuleError(
        'fast_pattern found inside the rule, without a content context. Please use a content based keyword before using fast_pattern',
        at,
      );
    }
    if (rule.sticky && rule.buffer(at).buffer === 'base64_data') {
      throw new RuleError('fast_pattern cannot be used with base64_data', at);
    }
    if (each.fastPattern)
      throw new RuleError("can't use multiple fast_pattern options for the same content", at);
    each.fastPattern = argument === undefined || argument === 'only' ? true : chop(argument, each, at);
    if (argument === 'only') each.fastPatternOnly = true;
    requireFastPatternAllowed(each, at);
    if (!rule.once('fast_pattern'))
      throw new RuleError('fast_pattern can be used on only one content in a rule', at);
  },
};

/**
 * A negated content may be the fast pattern only if its absence from the whole buffer is meant; one that is only the
 * fast pattern has no position in the buffer.
 */
export function requireFastPatternAllowed(each: ContentMatch, at: Position): void {
  if (!each.fastPattern) return;
  if (each.negated && each.fastPatternOnly)
    throw new RuleError("can't have negated content set along with 'fast_pattern:only'.", at);
  const bound = each.distance ?? each.within ?? each.offset ?? each.depth;
  if (bound === undefined) return;
  if (each.negated)
    throw new RuleError("can't have a relative negated keyword set along with 'fast_pattern'.", at);
  if (each.fastPatternOnly)
    throw new RuleError("can't have a relative keyword set along with 'fast_pattern:only'.", at);
}

function chop(argument: string, each: ContentMatch, at: Position): { offset: number; length: number } {
  const match = /^(\d{1,5})\s*,\s*(\d{1,5})$/.exec(argument);
  if (!match)
    throw new RuleError(`invalid fast_pattern argument "${argument}"`, at, 'only, or offset,length');
  const part = { offset: Number(match[1]), length: Number(match[2]) };
  if (part.length === 0 || part.offset + part.length > each.bytes.length) {
    throw new RuleError(
      `fast_pattern part ${argument} is outside of the content (${each.bytes.length} bytes)`,
      at,
    );
  }
  return part;
}

export const fastPatternKeywords: readonly Keyword[] = [fastPattern];
