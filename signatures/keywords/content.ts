/** content and uricontent; for their modifiers see content-modifiers.ts and fast-pattern.ts. */
import type { ContentUnderConstruction } from '../buffer-builder.js';
import type { Keyword } from '../keyword.js';
import { negation, shifted, unquote } from '../parser/quoted.js';
import { RuleError } from '../rule-error.js';
import type { Position } from '../signature.js';
import { parseContentBytes } from './content-bytes.js';

const content: Keyword = {
  name: 'content',
  family: 'payload',
  summary: 'Bytes that must be in the buffer; with !, bytes that must not be in it.',
  grammar: '[!]"text|hexadecimal bytes|text"',
  features: ['prefilter'],
  parse: (rule, argument, at) => rule.addToBuffer(parseContent(argument!, 'content', at)),
};

/** content and http_uri combined. */
const uricontent: Keyword = {
  name: 'uricontent',
  family: 'payload',
  summary: 'Bytes that must be in the URI of an HTTP request: content with http_uri.',
  grammar: '[!]"text|hexadecimal bytes|text"',
  features: ['prefilter'],
  parse(rule, argument, at) {
    if (!rule.context.uricontent)
      throw new RuleError(
        'uricontent is deprecated and disabled by legacy.uricontent',
        at,
        'http.uri; content',
      );
    if (rule.sticky)
      throw new RuleError('uricontent cannot be used after a sticky buffer', at, 'http.uri; content');
    rule.addToBufferNamed('http.uri', parseContent(argument!, 'uricontent', at), at);
  },
};

/** Parses the argument of content, uricontent. @throws RuleError */
function parseContent(argument: string, keyword: string, at: Position): ContentUnderConstruction {
  const { negated, rest } = negation(argument);
  const text = unquote(rest, keyword, at);
  const bytes = parseContentBytes(text, shifted(at, argument.length - rest.length + 1));
  if (bytes === '') throw new RuleError(`${keyword} is empty`, at);
  return { kind: 'content', bytes, nocase: false, negated };
}

export const contentKeywords: readonly Keyword[] = [content, uricontent];
